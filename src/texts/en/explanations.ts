import { idTokenExplanations } from './id-token-explanations.ts';
import { responseExplanations } from './response-explanations.ts';
import { signInExplanations } from './sign-in-explanations.ts';

/** Explanations of refused sign-ins: by the code of the error, or by the code and what its facts say of the cause. */
export const explanations = { ...signInExplanations, ...responseExplanations, ...idTokenExplanations };
