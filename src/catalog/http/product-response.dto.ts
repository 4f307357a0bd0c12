import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MoneyDto } from '../../platform/http/index.js';
import { PRODUCT_STATUSES, type ProductStatus } from '../domain/product-listing.js';

const PRODUCT_ID = { type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000000' } as const;
const PRICE = {
  type: MoneyDto,
  nullable: true,
  description: 'Of the cheapest variant; null without variants',
} as const;
const COMPARE_AT = {
  type: MoneyDto,
  nullable: true,
  description: 'The price before a reduction, of the cheapest variant',
  example: null,
} as const;

export class ProductCardResponse {
  @ApiProperty(PRODUCT_ID)
  id!: string;
  @ApiProperty({ type: String, description: 'Its name in addresses', example: 'enamel-mug' })
  slug!: string;
  @ApiProperty({ type: String, description: 'What it is called', example: 'Enamel mug' })
  title!: string;
  @ApiProperty({ type: String, description: 'Who makes it', example: 'Falcon' })
  vendor!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The first picture',
    example: 'https://cdn.example.com/mug.jpg',
  })
  image!: string | null;
  @ApiProperty(PRICE)
  price!: MoneyDto | null;
  @ApiProperty(COMPARE_AT)
  compareAtPrice!: MoneyDto | null;
  @ApiProperty({ type: Boolean, description: 'Whether any of its variants can be bought now', example: true })
  inStock!: boolean;
  @ApiPropertyOptional({ enum: PRODUCT_STATUSES, description: 'For staff', example: 'active' })
  status?: ProductStatus;
}

export class CategoryFacetResponse {
  @ApiProperty({ type: String, description: 'The category', example: 'kitchen' })
  slug!: string;
  @ApiProperty({ type: String, description: 'What it is called', example: 'Kitchen' })
  name!: string;
  @ApiProperty({ type: 'integer', description: 'Products in it and below it', example: 12 })
  count!: number;
}

export class VendorFacetResponse {
  @ApiProperty({ type: String, description: 'The vendor', example: 'Falcon' })
  vendor!: string;
  @ApiProperty({ type: 'integer', description: 'Its products', example: 12 })
  count!: number;
}

export class PriceBandFacetResponse {
  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'The lowest price, as `minPrice` takes it',
    example: 1000,
  })
  min!: number;
  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'The highest price, as `maxPrice` takes it',
    example: 1999,
  })
  max!: number;
  @ApiProperty({ type: 'integer', description: 'Products in this band', example: 12 })
  count!: number;
}

export class ProductFacetsResponse {
  @ApiProperty({ type: [CategoryFacetResponse], description: 'The hundred with the most products at most' })
  categories!: CategoryFacetResponse[];
  @ApiProperty({ type: [VendorFacetResponse], description: 'The fifty with the most products at most' })
  vendors!: VendorFacetResponse[];
  @ApiProperty({ type: [PriceBandFacetResponse], description: 'By price; bands without products are left out' })
  priceBands!: PriceBandFacetResponse[];
}

export class ProductPageResponse {
  @ApiProperty({ type: [ProductCardResponse], description: 'The products of this page' })
  items!: ProductCardResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins', example: null })
  nextCursor!: string | null;
  @ApiPropertyOptional({
    type: ProductFacetsResponse,
    description: 'Counts over all that the filters leave, whatever the page; with `facets=true`',
  })
  facets?: ProductFacetsResponse;
}

export class ProductCategoryResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000003' })
  id!: string;
  @ApiProperty({ type: String, description: 'Its name in addresses', example: 'kitchen' })
  slug!: string;
  @ApiProperty({ type: String, description: 'What it is called', example: 'Kitchen' })
  name!: string;
}

export class ProductOptionResponse {
  @ApiProperty({ type: String, description: 'What customers choose by', example: 'Colour' })
  name!: string;
  @ApiProperty({ type: [String], description: 'In the order they are shown in', example: ['Blue', 'Red'] })
  values!: string[];
}

export class ProductImageResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000004' })
  id!: string;
  @ApiProperty({ type: String, description: 'Where it is', example: 'https://cdn.example.com/mug.jpg' })
  url!: string;
  @ApiProperty({ type: String, description: 'What it shows', example: 'A blue mug' })
  alt!: string;
}

export class ProductVariantResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  id!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Unique; null where an import had none',
    example: 'MUG-BLUE',
  })
  sku!: string | null;
  @ApiProperty({ type: String, description: 'The values of its options', example: 'Blue' })
  title!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Its value for each option',
    example: { Colour: 'Blue' },
  })
  options!: Record<string, string>;
  @ApiProperty({ type: MoneyDto, description: 'What one unit costs' })
  price!: MoneyDto;
  @ApiProperty({ ...COMPARE_AT, description: 'The price before a reduction' })
  compareAtPrice!: MoneyDto | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Units that can be sold now; null where stock is not tracked',
    example: 18,
  })
  available!: number | null;
  @ApiProperty({
    type: Boolean,
    description: 'Whether it can be bought now: on hand, not tracked, or open to back-orders',
    example: true,
  })
  inStock!: boolean;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Weight in grams', example: 350 })
  weightGrams!: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'GTIN, EAN, UPC or ISBN', example: '4006381333931' })
  barcode!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Its own picture', example: null })
  image!: string | null;
  @ApiProperty({ type: Boolean, description: 'Whether tax is charged', example: true })
  taxable!: boolean;
  @ApiProperty({ type: Boolean, description: 'Whether it is sent by post', example: true })
  requiresShipping!: boolean;
}

export class ProductResponse {
  @ApiProperty(PRODUCT_ID)
  id!: string;
  @ApiProperty({ type: String, description: 'Its name in addresses', example: 'enamel-mug' })
  slug!: string;
  @ApiProperty({ type: String, description: 'What it is called', example: 'Enamel mug' })
  title!: string;
  @ApiProperty({ type: String, description: 'HTML, safe to show', example: '<p>Holds a pint.</p>' })
  description!: string;
  @ApiProperty({ type: String, description: 'Who makes it', example: 'Falcon' })
  vendor!: string;
  @ApiProperty({ type: [ProductCategoryResponse], description: 'By name' })
  categories!: ProductCategoryResponse[];
  @ApiProperty({ type: [String], description: 'Words to filter by', example: ['enamel', 'camping'] })
  tags!: string[];
  @ApiProperty({ type: [ProductOptionResponse], description: 'What its variants differ in' })
  options!: ProductOptionResponse[];
  @ApiProperty({ type: [ProductImageResponse], description: 'In the order they are shown in' })
  images!: ProductImageResponse[];
  @ApiProperty(PRICE)
  price!: MoneyDto | null;
  @ApiProperty(COMPARE_AT)
  compareAtPrice!: MoneyDto | null;
  @ApiProperty({ type: [ProductVariantResponse], description: 'What is bought' })
  variants!: ProductVariantResponse[];
  @ApiProperty({ enum: PRODUCT_STATUSES, description: 'The public sees active products only', example: 'active' })
  status!: ProductStatus;
  @ApiProperty({ type: 'integer', description: 'Grows with every change of the product or a variant', example: 3 })
  version!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it was made',
    example: '2026-01-05T10:00:00.000Z',
  })
  createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it last changed',
    example: '2026-01-05T10:00:00.000Z',
  })
  updatedAt!: string;
}
