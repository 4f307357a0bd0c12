import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentUser, type SignedIn } from '../../platform/access/index.js';
import { ApiIfMatch, ApiOperationOf, ApiProblems, IfMatch, type ExpectedVersions } from '../../platform/http/index.js';
import { ProfileService } from '../app/profile.service.js';
import { ChangeProfileRequest, UserResponse } from './dto/user.dto.js';
import { toUserResponse } from './users.mapper.js';

@ApiTags('users')
@Controller('v1/users/me')
export class ProfileController {
  constructor(private readonly profile: ProfileService) {}

  @Get()
  @Authenticated()
  @ApiOperationOf('getOwnUser', 'The signed-in account', 'With its roles and what they open.')
  @ApiOkResponse({ type: UserResponse, description: 'The account' })
  @ApiProblems(400)
  async read(@CurrentUser() user: SignedIn): Promise<UserResponse> {
    return toUserResponse(await this.profile.read(user.userId));
  }

  @Patch()
  @Authenticated()
  @ApiOperationOf('changeOwnUser', 'Change the signed-in account', 'Fields that are left out stay as they are.')
  @ApiOkResponse({ type: UserResponse, description: 'The account as it is now' })
  @ApiIfMatch()
  @ApiProblems(400, 413, 415, 422)
  async change(
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @Body() body: ChangeProfileRequest,
  ): Promise<UserResponse> {
    return toUserResponse(await this.profile.change(user.userId, expected, body));
  }
}
