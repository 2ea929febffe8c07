import { describe, expect, it } from 'vitest';

import { DemoProblem } from './demo-problem.ts';
import { readDemoSettings } from './demo-settings.ts';

describe('the settings of the demo', () => {
  it('prefer the documented ports and fall back to the next ones', () => {
    const { host, ports, practicePorts } = readDemoSettings({ PORT: '' });
    expect(host).toBe('127.0.0.1');
    expect(ports.slice(0, 3)).toEqual([8080, 8081, 8082]);
    expect(practicePorts.slice(0, 3)).toEqual([9090, 9091, 9092]);
  });

  it('come from the environment', () => {
    const env = { PORT: '0', HOST: '::1', PRACTICE_IDP_PORT: '65535' };
    expect(readDemoSettings(env)).toEqual({ ports: [0], host: '::1', practicePorts: [65_535] });
  });

  it.each(['65536', '-1', '80 80', '0x50', 'http', '1e3'])('reject %j as a port', (port) => {
    expect(() => readDemoSettings({ PRACTICE_IDP_PORT: port })).toThrow(DemoProblem);
    expect(() => readDemoSettings({ PORT: port })).toThrow('PORT must be a port, a number from 0 to 65535.');
  });
});
