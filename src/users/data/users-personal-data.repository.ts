import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';
import { erasedAddress } from '../../platform/privacy/index.js';

/** What the users module holds on a person. */
@Injectable()
export class UsersPersonalDataRepository {
  async read(reader: Reader, userId: string): Promise<unknown> {
    const user = await reader.user.findUnique({
      where: { id: userId },
      select: {
        id: true,
        email: true,
        emailVerifiedAt: true,
        name: true,
        disabledAt: true,
        createdAt: true,
        updatedAt: true,
        roles: { select: { roleName: true } },
        addresses: { omit: { userId: true }, orderBy: { createdAt: 'asc' } },
      },
    });
    return user && { ...user, roles: user.roles.map(({ roleName }) => roleName) };
  }

  /** The row stays for what names it. Its address is one that never can be anybody's (RFC 2606). */
  async erase(tx: Tx, userId: string, now: Date): Promise<void> {
    await tx.address.deleteMany({ where: { userId } });
    await tx.userRole.deleteMany({ where: { userId } });
    await tx.user.updateMany({
      where: { id: userId, erasedAt: null },
      data: {
        email: erasedAddress(userId),
        name: 'Erased',
        passwordHash: null,
        emailVerifiedAt: null,
        disabledAt: now,
        erasedAt: now,
        updatedAt: now,
        version: { increment: 1 },
      },
    });
  }
}
