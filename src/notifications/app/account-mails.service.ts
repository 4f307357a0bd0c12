import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Outbox, type StoredEvent } from '../../platform/outbox/index.js';
import { deviceOf } from '../../platform/values/device.js';
import { LINK_REQUESTED, SECURITY_NOTICE, type LinkRequested, type SecurityNotice } from '../../users/index.js';
import { accountLink, accountNotice } from '../domain/account-mails.js';
import type { ShopFace } from '../domain/mail-document.js';
import { sealedLink } from '../domain/sealed-links.js';
import { OweMail } from './owe-mail.service.js';

const READER = 'notifications';

/** Turns what happened to an account, and what its owner is to follow, into the mail to them. The kept mail holds a link's token sealed. */
@Injectable()
export class AccountMails implements OnModuleInit {
  private readonly shop: ShopFace;

  constructor(
    config: Config,
    private readonly outbox: Outbox,
    private readonly mails: OweMail,
  ) {
    this.shop = { name: config.shopName, storefrontUrl: config.storefrontUrl };
  }

  onModuleInit(): void {
    this.outbox.subscribe(SECURITY_NOTICE, READER, (event) => this.tell(event));
    this.outbox.subscribe(LINK_REQUESTED, READER, (event) => this.link(event));
  }

  private async tell(event: StoredEvent): Promise<void> {
    const { change, userAgent, email, confirmed, ...rest } = event.payload as SecurityNotice;
    // Whoever registers with another's address must not have the shop send them their own words.
    const detail = confirmed ? rest.detail : undefined;
    const device = userAgent === undefined ? undefined : deviceOf(userAgent);
    const content = accountNotice({ change, detail, device }, this.shop);
    await this.mails.owe([{ eventId: event.id, kind: `account_${change}`, recipient: email, content }]);
  }

  private async link(event: StoredEvent): Promise<void> {
    const { purpose, email, sealedToken, expiresAt } = event.payload as LinkRequested;
    const goodUntil = new Date(expiresAt);
    const token = sealedLink(sealedToken, goodUntil);
    const content = accountLink({ purpose, token, goodUntil }, this.shop);
    await this.mails.owe([{ eventId: event.id, kind: `link_${purpose}`, recipient: email, content }]);
  }
}
