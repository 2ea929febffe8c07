/**
 * Where a process begins: sees to what loading takes, and then loads `main.ts`.
 *
 * The compile cache halves the time of a start, since no source needs to be stripped of its types and compiled again.
 * This file is plain JavaScript because it comes before the cache: for the types of one file that is not in it, Node
 * would load the whole stripper, 16 MiB that stay.
 *
 * While a thousand files are loaded, V8 would grow the space for new objects to its full 32 MiB and leave it so. It is
 * kept small until then, and grows under load as it always does. Likewise the rest of its memory, which it would let
 * grow ahead of the need: 5 MiB that it does not give back.
 *
 * Under load, objects that outlive a request by little gather among the old ones, and V8 would let those grow to a
 * multiple of what is alive before it looks: memory that rises for many minutes, and a leak could hide in it. It looks
 * when they have doubled.
 */
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

v8.setFlagsFromString('--semi-space-growth-factor=1');
v8.setFlagsFromString('--optimize-for-size');
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/sallyport', import.meta.url)));
await import('./main.ts');
v8.setFlagsFromString('--no-optimize-for-size');
v8.setFlagsFromString('--semi-space-growth-factor=2');
v8.setFlagsFromString('--heap-growing-percent=100');
