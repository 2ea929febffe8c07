import { errors } from './en/errors.ts';

const en = { errors } as const;

/** Every text of one language. English decides which codes there are, so another language must have them all. */
export type Catalogue = typeof en;

/** The languages that texts can be made in. */
export type Language = 'en';

export const catalogues: Readonly<Record<Language, Catalogue>> = { en };
