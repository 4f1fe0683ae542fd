import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { inferContract } from './infer-contract.ts';
import { looksLikeCsv, splitCsv } from './csv-sample.ts';
import { splitSample } from './sample-records.ts';

const require = createRequire(import.meta.url);
const dataSet = (file: string): string =>
  readFileSync(require.resolve('vega-datasets').replace(/build[\\/].*$/, `data/${file}`), 'utf8');

/** Nine films of the data set have a number for a title. */
const MOVIE_TITLES_THAT_ARE_NUMBERS = 9;

/** Real data sets; the golden contracts were reviewed property by property. */
describe('the contract of a real data set', () => {
  it.each([
    'flights-2k.json',
    'movies.json',
    'earthquakes.json',
    'birdstrikes.csv',
    'penguins.json',
    'seattle-weather.csv',
    'zipcodes.csv',
    'la-riots.csv',
    'us-employment.csv',
    'species.csv',
    'cars.json',
    'unemployment.tsv',
  ])('%s', async (file) => {
    const text = dataSet(file);
    const sample = looksLikeCsv(text) ? splitCsv(text) : splitSample(text);
    const name = file.replace(/\..*$/, '');
    const inferred = inferContract(sample, { domain: 'real', name });
    if (!inferred.ok) throw new Error(JSON.stringify(inferred.error));
    await expect(inferred.value.text).toMatchFileSnapshot(`golden/${name}.odcs.yaml`);
    expect(inferred.value.refused.length).toBe(file === 'movies.json' ? MOVIE_TITLES_THAT_ARE_NUMBERS : 0);
  });
});
