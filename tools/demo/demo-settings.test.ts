import { describe, expect, it } from 'vitest';

import { DemoProblem } from './demo-problem.ts';
import { readDemoSettings } from './demo-settings.ts';

describe('the settings of the demo', () => {
  it('have the ports that the documentation names', () => {
    expect(readDemoSettings({ PORT: '' })).toEqual({ port: 8080, host: '127.0.0.1', practicePort: 9090 });
  });

  it('come from the environment', () => {
    const env = { PORT: '0', HOST: '::1', PRACTICE_IDP_PORT: '65535' };
    expect(readDemoSettings(env)).toEqual({ port: 0, host: '::1', practicePort: 65_535 });
  });

  it.each(['65536', '-1', '80 80', '0x50', 'http', '1e3'])('refuse %j as a port', (port) => {
    expect(() => readDemoSettings({ PRACTICE_IDP_PORT: port })).toThrow(DemoProblem);
    expect(() => readDemoSettings({ PORT: port })).toThrow('PORT must be a port, a number from 0 to 65535.');
  });
});
