import { describe, expect, test } from 'vitest';

import { coldVisitorsMax, populationOf, visitor, type Crowd } from './population.ts';

const crowd = (size: number, name: Crowd, tickets: number): string[] =>
  Array.from({ length: tickets }, (_, ticket) => {
    const { organization, person } = visitor(populationOf(size, 1000), name, ticket);
    return `${organization} ${person}`;
  });

describe('visitor', () => {
  test.each([10, 1000, 100_000])('a thousand known users in a row are all different, of %i organizations', (size) => {
    expect(new Set(crowd(size, 'known', 1000)).size).toBe(1000);
  });

  test.each([10, 1000, 100_000])('every known user was seeded, of %i organizations', (size) => {
    const population = populationOf(size, 1000);
    const people = Array.from({ length: population.knownPeoplePerOrganization }, (_, k) => `known${k}`);
    const visitors = Array.from({ length: 3000 }, (_, ticket) => visitor(population, 'known', ticket));
    expect(visitors.every(({ organization, person }) => organization < size && people.includes(person))).toBe(true);
  });

  test('new users never repeat', () => {
    expect(new Set(crowd(10, 'new', 5000)).size).toBe(5000);
  });

  test('cold organizations are separate from those of the users, and never repeat', () => {
    const size = 5000;
    const population = populationOf(size, 1000);
    const tickets = coldVisitorsMax(population);
    const active = new Set(Array.from({ length: 1000 }, (_, i) => visitor(population, 'known', i).organization));
    const cold = Array.from({ length: tickets }, (_, i) => visitor(population, 'cold', i).organization);
    expect(new Set(cold).size).toBe(tickets);
    expect(cold.some((organization) => active.has(organization) || organization >= size)).toBe(false);
  });
});
