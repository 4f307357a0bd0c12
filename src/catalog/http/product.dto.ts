import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { MAX } from '../domain/limits.js';
import { PRODUCT_STATUSES, type ProductStatus } from '../domain/product-listing.js';
import { SLUG_PATTERN } from '../domain/slug-rules.js';
import { MAX_SLUG_LENGTH } from '../domain/slug.js';
import { IfGiven, ImageUrl, Line, Lines } from './text.decorators.js';
import { CreateVariantRequest } from './variant.dto.js';

export class ProductOptionRequest {
  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: MAX.optionName,
    description: 'What customers choose by',
    example: 'Colour',
  })
  @Line(1, MAX.optionName)
  name!: string;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', maxLength: MAX.optionValue },
    maxItems: MAX.valuesOfOption,
    description: 'In the order they are shown in; values that only variants name are added',
    example: ['Blue', 'Red'],
  })
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX.valuesOfOption)
  @Lines(MAX.optionValue)
  values?: string[];
}

export class ProductImageRequest {
  @ApiProperty({
    type: String,
    maxLength: MAX.url,
    description: 'An address by http or https, or a path on this server',
    example: 'https://cdn.example.com/mug.jpg',
  })
  @ImageUrl()
  url!: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: MAX.imageAlt,
    default: '',
    description: 'What it shows, for those who cannot see it',
    example: 'A blue mug',
  })
  @IfGiven()
  @Line(0, MAX.imageAlt)
  alt?: string;
}

/** What a new product and a change of one have in common. */
class ProductFieldsRequest {
  @ApiPropertyOptional({
    type: String,
    minLength: 1,
    maxLength: MAX_SLUG_LENGTH,
    pattern: SLUG_PATTERN.source,
    description: 'Its name in addresses; made from the title where it is not given, and not changed with it',
    example: 'enamel-mug',
  })
  @IfGiven()
  @IsString()
  @MaxLength(MAX_SLUG_LENGTH)
  @Matches(SLUG_PATTERN, { message: 'slug must be small letters a to z, digits and single hyphens' })
  slug?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: MAX.description,
    description: 'HTML; all but formatting, links and pictures is taken out',
    example: '<p>Holds a pint.</p>',
  })
  @IfGiven()
  @IsString()
  @MaxLength(MAX.description)
  description?: string;

  @ApiPropertyOptional({ type: String, maxLength: MAX.vendor, description: 'Who makes it', example: 'Falcon' })
  @IfGiven()
  @Line(0, MAX.vendor)
  vendor?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MAX.categoriesOfProduct,
    description: 'Slugs of categories',
    example: ['kitchen'],
  })
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX.categoriesOfProduct)
  @IsString({ each: true })
  @MaxLength(MAX_SLUG_LENGTH, { each: true })
  categories?: string[];

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', maxLength: MAX.tag },
    maxItems: MAX.tagsOfProduct,
    description: 'Words to filter by, without commas',
    example: ['enamel', 'camping'],
  })
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX.tagsOfProduct)
  @Lines(MAX.tag, ',')
  tags?: string[];

  @ApiPropertyOptional({
    type: [ProductOptionRequest],
    maxItems: MAX.optionsOfProduct,
    description: 'What variants differ in; a product without options has one variant at most',
  })
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX.optionsOfProduct)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ProductOptionRequest)
  options?: ProductOptionRequest[];

  @ApiPropertyOptional({
    type: [ProductImageRequest],
    maxItems: MAX.imagesOfProduct,
    description: 'All pictures, in the order they are shown in',
  })
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX.imagesOfProduct)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ProductImageRequest)
  images?: ProductImageRequest[];

  @ApiPropertyOptional({
    enum: PRODUCT_STATUSES,
    description: 'The public sees active products only',
    example: 'active',
  })
  @IfGiven()
  @IsIn(PRODUCT_STATUSES)
  status?: ProductStatus;
}

const TITLE = {
  type: String,
  minLength: 1,
  maxLength: MAX.title,
  description: 'What it is called',
  example: 'Enamel mug',
};

export class CreateProductRequest extends ProductFieldsRequest {
  @ApiProperty(TITLE)
  @Line(1, MAX.title)
  title!: string;

  @ApiPropertyOptional({
    type: [CreateVariantRequest],
    maxItems: MAX.variantsOfRequest,
    description: 'What is bought; a product without variants has no price',
  })
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX.variantsOfRequest)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CreateVariantRequest)
  variants?: CreateVariantRequest[];
}

export class UpdateProductRequest extends ProductFieldsRequest {
  @ApiPropertyOptional(TITLE)
  @IfGiven()
  @Line(1, MAX.title)
  title?: string;
}
