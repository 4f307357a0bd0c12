import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  readTimeKeys,
  timeKeysOf,
  toPage,
  type ExpectedVersions,
} from '../../platform/http/index.js';
import { ChangeUserService } from '../app/change-user.service.js';
import { ProfileService } from '../app/profile.service.js';
import { ChangeUserRequest, UserResponse, UsersPageResponse, UsersQuery } from './dto/user.dto.js';
import { toUserResponse } from './users.mapper.js';

const ID = { name: 'id', description: 'The account', example: '0198c5f0-7b7e-7000-8000-000000000001' };

@ApiTags('users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly users: ProfileService,
    private readonly changes: ChangeUserService,
  ) {}

  @Get()
  @RequirePermission('users:read')
  @ApiOperationOf('listUsers', 'Accounts', 'Newest first, all or those with an address or a role.')
  @ApiOkResponse({ type: UsersPageResponse, description: 'A page of accounts' })
  @ApiProblems(400, 422)
  async list(@Query() query: UsersQuery): Promise<UsersPageResponse> {
    const { email, role, limit, cursor } = query;
    const rows = await this.users.list({ email, role, limit, after: readTimeKeys(cursor) });
    return toPage(rows, limit, timeKeysOf, toUserResponse);
  }

  @Get(':id')
  @ApiParam(ID)
  @RequirePermission('users:read')
  @ApiOperationOf('getUser', 'An account', 'With its roles and what they open.')
  @ApiOkResponse({ type: UserResponse, description: 'The account' })
  @ApiProblems(400, 404, 422)
  async read(@Param('id') id: string): Promise<UserResponse> {
    return toUserResponse(await this.users.read(id));
  }

  @Patch(':id')
  @ApiParam(ID)
  @RequirePermission('users:write')
  @ApiOperationOf(
    'changeUser',
    "Change an account's roles, or disable it",
    'Takes effect with the next request of the account. Nobody can give, or touch an account that has, permissions beyond ' +
      'their own, and the last administrator stays.',
  )
  @ApiOkResponse({ type: UserResponse, description: 'The account as it is now' })
  @ApiIfMatch()
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async change(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @IfMatch() expected: ExpectedVersions,
    @Body() body: ChangeUserRequest,
  ): Promise<UserResponse> {
    return toUserResponse(await this.changes.change(user, id, expected, body));
  }
}
