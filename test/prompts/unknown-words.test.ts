import { describe, expect, it } from 'vitest';
import { unknownWords, unknownWordsOf } from '../../src/prompts/unknown-words.js';

const SEEN = new Set([
  'aphid',
  'green',
  'leaf',
  'ladybird',
  'spot',
  'larva',
  'mite',
  'whitefly',
  'thrips',
  'moth',
  'hairy',
]);
const unknown = (...texts: string[]) => unknownWords(texts, SEEN);

describe('unknownWords', () => {
  it('names the words that training never saw, each once, in their order', () => {
    expect(unknown('a psylla on a leaf', 'a green psylla', 'a zebra moth')).toEqual(['psylla', 'zebra']);
  });

  it('overlooks case, punctuation and words without a meaning of their own', () => {
    expect(unknown('A Close-Up photo of an APHID, on the Leaf.')).toEqual([]);
  });

  it.each([
    ['aphids', []],
    ['leaves', []],
    ['whiteflies', []],
    ['larvae', []],
    ['spotted', []],
    ['spotting', []],
    ['mites', []],
    ['thrip', []],
    ['hair', []],
    ['moss', ['moss']],
    ['mit', ['mit']],
    ['ring', ['ring']],
    ['aphidoid', ['aphidoid']],
  ])('%s leaves %j unknown', (text, words) => {
    expect(unknown(text)).toEqual(words);
  });

  it('knows a singular of which only the plural was seen', () => {
    expect(unknownWords(['a wing', 'a branch', 'a berry'], new Set(['wings', 'branches', 'berries']))).toEqual([]);
  });

  it('does not take a short word for a form of another', () => {
    expect(unknownWords(['red', 'gas', 'bus'], new Set(['r', 'ga', 'bu']))).toEqual(['red', 'gas', 'bus']);
  });

  it('takes the parts of a hyphenated word and drops possessives and numbers', () => {
    expect(unknown("a ladybird's leaf-psyllid 42 x")).toEqual(['psyllid']);
  });

  it('keeps letters of other scripts whole', () => {
    expect(unknown('une feuille brûlée', '蚜虫')).toEqual(['une', 'feuille', 'brûlée', '蚜虫']);
  });

  it('finds nothing in nothing', () => {
    expect(unknownWords([], SEEN)).toEqual([]);
    expect(unknownWords(['', '  '], SEEN)).toEqual([]);
  });
});

describe('unknownWordsOf', () => {
  const model = { id: 'small', sha256: '0'.repeat(64) };

  it('says in one line where, which words, and what to do', () => {
    const [line, ...others] = unknownWordsOf('my-pests.yaml', ['a psylla on a leaf', 'a zebra'], {
      model,
      vocabulary: SEEN,
    });
    expect(others).toEqual([]);
    expect(line).toContain('my-pests.yaml: small never learnt "psylla", "zebra"');
    expect(line).toContain('fieldscout models pull');
  });

  it('says nothing of known words, and nothing where the model does not tell its words', () => {
    expect(unknownWordsOf('x', ['a green aphid'], { model, vocabulary: SEEN })).toEqual([]);
    expect(unknownWordsOf('x', ['a psylla'], { model, vocabulary: null })).toEqual([]);
  });
});
