import { describe, expect, it } from '@jest/globals';
import { ValidationPipe, type Type } from '@nestjs/common';
import { Exclude, Expose, Transform, Type as ShapeOf } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import fc from 'fast-check';
import { CreateCartRequest } from '../../src/cart/http/cart.dto.js';
import { PlaceOrderRequest } from '../../src/orders/http/order.dto.js';
import { AddressRequest, ChangeAddressRequest } from '../../src/platform/http/address.dto.js';
import { plainCheckOf } from '../../src/platform/http/plain-check.js';

const libraries = new ValidationPipe({
  whitelist: true,
  transform: true,
  stopAtFirstError: true,
  forbidNonWhitelisted: true,
});

/** What the libraries make of it; undefined where they refuse it. */
async function byLibraries(type: Type, body: unknown): Promise<unknown> {
  return libraries.transform(body, { type: 'body', metatype: type }).catch(() => undefined) as Promise<unknown>;
}

class Line {
  @IsString()
  @MaxLength(5)
  name!: string;

  @IsInt()
  @Min(1)
  count!: number;
}

class Usual {
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  title!: string;

  @IsOptional()
  @IsString({ each: true })
  tags?: string[];

  @ValidateIf((body: Usual) => body.title === 'a')
  @IsInt()
  whenA?: number;

  @Allow()
  anything?: unknown;

  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @ShapeOf(() => Line)
  lines?: Line[];

  @IsOptional()
  @ValidateNested()
  @ShapeOf(() => Line)
  main?: Line | null;
}

const text = fc.oneof(fc.constantFrom('a', ' a ', 'abc', 'GB', 'grace@example.com', ''), fc.string());
const scalar = fc.oneof(text, fc.integer({ min: -1, max: 3 }), fc.boolean(), fc.constant(null), fc.double());
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('name', 'count', 'variantId', 'quantity', 'x'), tie('any'), { maxKeys: 3 }),
  ),
})).any;
const line = fc.record({ name: text, count: fc.integer({ min: 0, max: 3 }) }, { requiredKeys: [] });
const bodies = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, good]) => [
        name,
        fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: value }),
      ]),
    ),
    { requiredKeys: [] },
  );

const usual = bodies({
  title: text,
  tags: fc.array(text, { maxLength: 2 }),
  whenA: fc.integer(),
  anything: scalar,
  lines: fc.array(line, { maxLength: 2 }),
  main: fc.oneof(line, fc.constant(null)),
});
const address = bodies({
  ...Object.fromEntries(
    ['name', 'line1', 'city', 'region', 'phone'].map((name) => [name, fc.constantFrom('Anna', ' York ', 'x')]),
  ),
  line2: fc.constant(null),
  postalCode: fc.constant('YO1 7HH'),
  country: fc.constantFrom('GB', ' de '),
});
const goodAddress = { name: 'Anna', line1: 'Main Street 1', city: ' Berlin ', postalCode: '10115', country: 'de' };
const order = fc
  .tuple(
    fc.record({
      cartId: fc.constant('q3Zt0V3mQyWcU5p0c0Yv1A'),
      email: fc.constantFrom('Grace@Example.com', 'x'),
      shippingMethod: fc.constant('standard'),
    }),
    fc.record({
      shippingAddress: fc.oneof(fc.constant(goodAddress), address),
      payment: fc.constant({ provider: 'test', token: 'tok_approved' }),
    }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: bodies({ email: text, billingAddress: address, payment: line }) },
    ),
  )
  .map(([one, two, other]) => ({ ...one, ...two, ...other }));
const cart = bodies({
  items: fc.array(fc.record({ variantId: text, quantity: fc.integer({ min: 0, max: 3 }) }), { maxLength: 3 }),
});

describe('plainCheckOf', () => {
  it.each<[string, Type, fc.Arbitrary<unknown>]>([
    ['the usual decorators', Usual, usual],
    ['a cart', CreateCartRequest, cart],
    ['an address', AddressRequest, address],
    ['a change of an address', ChangeAddressRequest, address],
    ['an order', PlaceOrderRequest, order],
  ])('makes of %s what the libraries make, or leaves it to them', async (_name, type, arbitrary) => {
    const check = plainCheckOf(type);
    let made = 0;
    await fc.assert(
      fc.asyncProperty(arbitrary, async (generated) => {
        // As it comes over HTTP, and each on its own: the libraries change what they are given.
        const json = JSON.stringify(generated);
        const plain = check?.(JSON.parse(json) as object);
        if (plain === undefined) return;
        made++;
        const expected = await byLibraries(type, JSON.parse(json));
        expect(plain).toStrictEqual(expected);
        expect(JSON.stringify(plain)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 600 },
    );
    expect(made).toBeGreaterThan(5);
  });

  it('leaves nothing to the libraries that is as it should be', () => {
    const body = {
      title: ' a ',
      tags: ['b'],
      whenA: 1,
      lines: [{ name: 'x', count: 1 }],
      main: { name: 'y', count: 2 },
    };
    expect(plainCheckOf(Usual)?.(body)).toMatchObject({
      title: 'a',
      lines: [new Line()].map((one) => Object.assign(one, { name: 'x', count: 1 })),
    });
  });

  it.each([
    '{}',
    '{"title":"b","other":1}',
    '{"title":"b","lines":[null]}',
    '{"title":"b","main":[1]}',
    '{"title":"b","tags":[{}]}',
    '{"title":"b","anything":{}}',
    '{"title":"b","__proto__":{"x":1}}',
    '{"title":"b","constructor":1}',
  ])('leaves %s to the libraries', (json) => {
    expect(plainCheckOf(Usual)?.(JSON.parse(json) as object)).toBeUndefined();
  });

  it('knows no class with decorators beyond those', () => {
    class Hidden {
      @Exclude()
      @IsString()
      a!: string;
    }
    class Renamed {
      @Expose({ name: 'b' })
      @IsString()
      a!: string;
    }
    class Converted {
      @ShapeOf(() => Date)
      a!: Date;
      @IsString()
      b!: string;
    }
    class ConvertedAndChecked {
      @IsObject()
      @ShapeOf(() => Line)
      a!: Line;
    }
    class Empty {}
    for (const type of [Hidden, Renamed, ConvertedAndChecked, Empty]) expect(plainCheckOf(type)).toBeUndefined();
    // What has no rule is refused whatever its type.
    expect(plainCheckOf(Converted)?.({ a: 'x', b: 'y' })).toBeUndefined();
  });
});
