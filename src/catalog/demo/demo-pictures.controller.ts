import { Controller, Get, Header, Headers, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../platform/access/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { entityTag, noneMatch } from '../../platform/http/conditional.js';
import { DEMO_PRODUCTS, picturesOf } from './demo-catalog.js';
import { drawPicture } from './drawing/draw-picture.js';

const PICTURES = new Map(DEMO_PRODUCTS.flatMap(picturesOf).map((picture) => [`${picture.name}.svg`, picture]));

/** Opened by itself an SVG is a page: it may load nothing, run nothing and be framed by nobody. */
const POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";
const WEEK_SECONDS = 604_800;

/** The pictures of the demonstration catalogue, which the server draws itself. */
@ApiTags('catalog')
@Controller('media/demo')
export class DemoPicturesController {
  @Get(':file')
  @Public({ ignoresBearer: true })
  @Header('content-security-policy', POLICY)
  // Storefronts show the pictures on pages of their own.
  @Header('cross-origin-resource-policy', 'cross-origin')
  @ApiOperationOf(
    'getDemoPicture',
    'A picture of the demonstration catalogue',
    'Drawn by the server. There is one for each demonstration product, and for each colour that it comes in.',
  )
  @ApiParam({ name: 'file', description: 'What it shows, and `.svg`', example: 'enamel-mug.svg' })
  @ApiProduces('image/svg+xml')
  @ApiOkResponse({
    description: 'The picture',
    content: { 'image/svg+xml': { schema: { type: 'string' }, example: '<svg xmlns="http://www.w3.org/2000/svg"/>' } },
  })
  @ApiProblems(400, 404, 422)
  get(
    @Param('file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    const picture = PICTURES.get(file);
    if (!picture) throw new NotFoundError('picture');
    const svg = drawPicture(picture);
    const tag = entityTag(0, svg);
    void reply.header('etag', tag).header('cache-control', `public, max-age=${WEEK_SECONDS}`);
    if (!noneMatch(known, tag)) {
      void reply.status(304);
      return undefined;
    }
    void reply.type('image/svg+xml; charset=utf-8');
    return svg;
  }
}
