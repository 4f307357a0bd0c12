import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  changeOptions,
  combinationKey,
  optionsOfNewProduct,
  optionsWithVariant,
  variantTitle,
  type OptionValues,
} from './product-options.js';

const fault = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    const { code, errors } = error as { code: string; errors?: { pointer: string; code: string }[] };
    return [code, errors?.[0]?.pointer, errors?.[0]?.code];
  }
  return undefined;
};

describe('optionsOfNewProduct', () => {
  it('adds the values that only variants name, in the order they come', () => {
    const variants = [{ Size: 'XL' }, { Size: 'S' }, { Size: 'M' }];
    expect(optionsOfNewProduct([{ name: 'Size', values: ['S', 'L'] }], variants)).toEqual([
      { name: 'Size', values: ['S', 'L', 'XL', 'M'] },
    ]);
  });

  it('takes the options of the first variant where none are given', () => {
    expect(optionsOfNewProduct(undefined, [{ A: '1', B: '2' }])).toEqual([
      { name: 'A', values: ['1'] },
      { name: 'B', values: ['2'] },
    ]);
    expect(optionsOfNewProduct(undefined, [])).toEqual([]);
    expect(optionsOfNewProduct(undefined, [{}])).toEqual([]);
  });

  it.each([
    ['an option twice', [{ name: 'A' }, { name: 'a' }], [], '/options/1/name', 'name_repeated'],
    ['a value twice', [{ name: 'A', values: ['1', '1'] }], [], '/options/0/values', 'value_repeated'],
    ['a variant without a value', [{ name: 'A' }], [{}], '/variants/0/options', 'value_required'],
    ['a variant with another option', [], [{ B: '1' }], '/variants/0/options', 'option_unknown'],
    ['a name that every object has', [{ name: 'toString' }], [{}], '/variants/0/options', 'value_required'],
    [
      'equal variants',
      undefined,
      [
        { A: '1', B: '2' },
        { B: '2', A: '1' },
      ],
      '/variants/1/options',
      'options_repeated',
    ],
  ])('refuses %s', (_what, options, variants, pointer, code) => {
    expect(fault(() => optionsOfNewProduct(options, variants as OptionValues[]))).toEqual([
      'catalog.options_invalid',
      pointer,
      code,
    ]);
  });
});

describe('optionsWithVariant', () => {
  it('adds a new value and refuses what does not fit', () => {
    const options = [{ name: 'A', values: ['1'] }];
    expect(optionsWithVariant(options, { A: '2' })).toEqual([{ name: 'A', values: ['1', '2'] }]);
    expect(optionsWithVariant(options, { A: '1' })).toEqual(options);
    expect(fault(() => optionsWithVariant([], { A: '1' }))?.[2]).toBe('option_unknown');
  });
});

describe('changeOptions', () => {
  const variants = [
    { id: 'v1', options: { Size: 'S', Colour: 'Red' } },
    { id: 'v2', options: { Size: 'M', Colour: 'Red' } },
  ];

  it('gives a new option its first value, and drops one that tells nothing apart', () => {
    const changed = changeOptions(
      [
        { name: 'Cut', values: ['Slim', 'Wide'] },
        { name: 'Size', values: ['M'] },
      ],
      variants,
    );
    expect(changed.options).toEqual([
      { name: 'Cut', values: ['Slim', 'Wide'] },
      { name: 'Size', values: ['M', 'S'] },
    ]);
    expect(changed.variants).toEqual([
      { id: 'v1', options: { Cut: 'Slim', Size: 'S' } },
      { id: 'v2', options: { Cut: 'Slim', Size: 'M' } },
    ]);
  });

  it('refuses to make two variants the same, and a new option without a value', () => {
    expect(fault(() => changeOptions([{ name: 'Colour' }], variants))?.[0]).toBe('catalog.options_in_use');
    expect(fault(() => changeOptions([], variants))?.[0]).toBe('catalog.options_in_use');
    expect(fault(() => changeOptions([{ name: 'Size' }, { name: 'Cut' }], variants))?.[2]).toBe('value_required');
    expect(changeOptions([{ name: 'Cut' }], []).options).toEqual([{ name: 'Cut', values: [] }]);
  });

  it('leaves every variant with one value for each option, and all of them different', () => {
    const name = fc.constantFrom('A', 'B', 'C');
    const value = fc.constantFrom('1', '2', '3');
    const products = fc.uniqueArray(name, { minLength: 1 }).chain((names) =>
      fc.uniqueArray(fc.record(Object.fromEntries(names.map((one) => [one, value]))), {
        selector: combinationKey,
        maxLength: 5,
      }),
    );
    const wanted = fc.uniqueArray(fc.record({ name, values: fc.uniqueArray(value, { minLength: 1 }) }), {
      selector: (option) => option.name,
    });
    fc.assert(
      fc.property(products, wanted, (present, options) => {
        const before = present.map((values, index) => ({ id: String(index), options: values }));
        let after;
        try {
          after = changeOptions(options, before);
        } catch (error) {
          expect((error as { code: string }).code).toBe('catalog.options_in_use');
          return;
        }
        expect(after.options.map((option) => option.name)).toEqual(options.map((option) => option.name));
        expect(new Set(after.variants.map((variant) => combinationKey(variant.options))).size).toBe(before.length);
        after.variants.forEach((variant, index) => {
          expect(Object.keys(variant.options).sort()).toEqual(options.map((option) => option.name).sort());
          for (const option of after.options) {
            expect(option.values).toContain(variant.options[option.name]);
            const had = before[index]?.options[option.name];
            if (had !== undefined) expect(variant.options[option.name]).toBe(had);
          }
        });
      }),
    );
  });
});

describe('variantTitle', () => {
  it('joins the values in the order of the options', () => {
    const options = [
      { name: 'Size', values: [] },
      { name: 'Colour', values: [] },
    ];
    expect(variantTitle(options, { Colour: 'Blue', Size: 'M' })).toBe('M / Blue');
    expect(variantTitle([], {})).toBe('Default');
  });
});
