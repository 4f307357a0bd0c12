import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems, decodeCursor, JsonText, PageQuery, toPage } from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { RolesService } from '../app/roles.service.js';
import { RolesRepository, type RoleView } from '../data/roles.repository.js';
import { ChangeRoleRequest, CreateRoleRequest, ROLE_NAME, RoleResponse, RolesPageResponse } from './dto/role.dto.js';

const NAME = { name: 'name', description: 'The role', example: 'support' };

@ApiTags('users')
@Controller('v1/roles')
export class RolesController {
  constructor(
    private readonly roles: RolesService,
    private readonly stored: RolesRepository,
  ) {}

  @Get()
  @RequirePermission('roles:write')
  @ApiOperationOf('listRoles', 'Roles', 'By name, the built-in ones among them.')
  @ApiOkResponse({ type: RolesPageResponse, description: 'A page of roles' })
  @ApiProblems(400, 422)
  async list(@Query() query: PageQuery): Promise<RolesPageResponse> {
    const after = query.cursor === undefined ? undefined : String(decodeCursor(query.cursor, [isRoleName])[0]);
    const rows = await this.stored.list(after, query.limit);
    return toPage(rows, query.limit, ({ name }) => [name], toRoleResponse);
  }

  @Post()
  @RequirePermission('roles:write')
  @ApiIdempotencyKey()
  @ApiOperationOf('createRole', 'Make a role', 'Of permissions that the caller holds.')
  @ApiCreatedResponse({ type: RoleResponse, description: 'The role' })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
    @Body() body: CreateRoleRequest,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, 'POST /v1/roles', body);
    const answer = await this.roles.create(user, body, use, (role) => JSON.stringify(toRoleResponse(role)));
    return new JsonText(answer.body);
  }

  @Patch(':name')
  @ApiParam(NAME)
  @RequirePermission('roles:write')
  @ApiOperationOf(
    'changeRole',
    'Change a role',
    'Takes effect with the next request of everybody who has it. Fields that are left out stay as they are.',
  )
  @ApiOkResponse({ type: RoleResponse, description: 'The role as it is now' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async change(
    @CurrentUser() user: SignedIn,
    @Param('name') name: string,
    @Body() body: ChangeRoleRequest,
  ): Promise<RoleResponse> {
    return toRoleResponse(await this.roles.change(user, name, body));
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiParam(NAME)
  @RequirePermission('roles:write')
  @ApiOperationOf('deleteRole', 'Delete a role', 'Nobody may have it any more.')
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiProblems(400, 404, 409, 422)
  async remove(@CurrentUser() user: SignedIn, @Param('name') name: string): Promise<void> {
    await this.roles.delete(user, name);
  }
}

function isRoleName(value: unknown): boolean {
  return typeof value === 'string' && ROLE_NAME.test(value);
}

function toRoleResponse(role: RoleView): RoleResponse {
  return { name: role.name, permissions: [...role.permissions], builtIn: role.builtIn };
}
