import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  Authenticated,
  CurrentUser,
  RequirePermission,
  sessionIdOf,
  type SignedIn,
} from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems, PageQuery, readTimeKeys, timeKeysOf, toPage } from '../../platform/http/index.js';
import { deviceOf } from '../../platform/values/device.js';
import { SessionList } from '../app/session-list.service.js';
import type { OpenSession } from '../data/sessions.repository.js';
import { SessionsPageResponse, type SessionResponse } from './session.dto.js';

const SESSION_ID = { name: 'id', description: 'The session', example: '0198c5f0-7b7e-7000-8000-000000000002' };
const USER_ID = { name: 'id', description: 'The account', example: '0198c5f0-7b7e-7000-8000-000000000001' };

@ApiTags('auth')
@Controller('v1')
export class SessionsController {
  constructor(private readonly sessions: SessionList) {}

  @Get('auth/sessions')
  @Authenticated()
  @ApiOperationOf('listOwnSessions', 'Where one is signed in', 'Sessions that stand, the latest first.')
  @ApiOkResponse({ type: SessionsPageResponse, description: 'A page of sessions' })
  @ApiProblems(400, 422)
  async list(@CurrentUser() user: SignedIn, @Query() { limit, cursor }: PageQuery): Promise<SessionsPageResponse> {
    const rows = await this.sessions.list(user, readTimeKeys(cursor), limit);
    return toPage(rows, limit, timeKeysOf, (row) => toSessionResponse(row, user));
  }

  @Delete('auth/sessions')
  @HttpCode(204)
  @Authenticated()
  @ApiOperationOf('endOtherSessions', 'Sign out everywhere else', 'Ends all sessions but the one that asks, at once.')
  @ApiNoContentResponse({ description: 'Ended' })
  @ApiProblems(400)
  async endOthers(@CurrentUser() user: SignedIn): Promise<void> {
    await this.sessions.endOthers(user);
  }

  @Delete('auth/sessions/:id')
  @HttpCode(204)
  @ApiParam(SESSION_ID)
  @Authenticated()
  @ApiOperationOf('endOwnSession', 'End a session', 'Its tokens stop working at once.')
  @ApiNoContentResponse({ description: 'Ended' })
  @ApiProblems(400, 404, 422)
  async endOne(@CurrentUser() user: SignedIn, @Param('id') id: string): Promise<void> {
    await this.sessions.endOne(user, id);
  }

  @Get('users/:id/sessions')
  @ApiParam(USER_ID)
  @ApiTags('users')
  @RequirePermission('users:read')
  @ApiOperationOf(
    'listUserSessions',
    'Where an account is signed in',
    'Sessions that stand, the latest first. Nobody can see those of an account that may do more than they.',
  )
  @ApiOkResponse({ type: SessionsPageResponse, description: 'A page of sessions' })
  @ApiProblems(400, 404, 422)
  async listOf(
    @CurrentUser() staff: SignedIn,
    @Param('id') id: string,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<SessionsPageResponse> {
    const rows = await this.sessions.listOf(staff, id, readTimeKeys(cursor), limit);
    return toPage(rows, limit, timeKeysOf, (row) => toSessionResponse(row, staff));
  }

  @Delete('users/:id/sessions')
  @HttpCode(204)
  @ApiParam(USER_ID)
  @ApiTags('users')
  @RequirePermission('users:write')
  @ApiOperationOf(
    'endUserSessions',
    'End all sessions of an account',
    'Their tokens stop working at once, and the owner gets a mail. Nobody can do so to an account that may do more than they.',
  )
  @ApiNoContentResponse({ description: 'Ended' })
  @ApiProblems(400, 404, 422)
  async endAllOf(@CurrentUser() staff: SignedIn, @Param('id') id: string): Promise<void> {
    await this.sessions.endAllOf(staff, id);
  }
}

function toSessionResponse(session: OpenSession, asks: SignedIn): SessionResponse {
  return {
    id: session.id,
    method: session.method,
    secondFactor: session.secondFactor,
    device: deviceOf(session.userAgent),
    userAgent: session.userAgent,
    address: session.address,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt?.toISOString() ?? null,
    expiresAt: session.expiresAt.toISOString(),
    current: session.id === sessionIdOf(asks),
  };
}
