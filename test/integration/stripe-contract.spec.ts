import { describeProvider } from '../support/provider-contract.js';
import { StripeServer } from '../support/stripe-server.js';
import { openAdapter } from '../support/stripe-shop.js';

describeProvider({
  name: 'stripe',
  make: async () => {
    const stripe = await StripeServer.start();
    return {
      provider: await openAdapter(stripe),
      tokens: {
        approved: 'pm_card_visa',
        declined: 'pm_card_chargeDeclined',
        requiresAction: 'pm_card_threeDSecure2Required',
      },
      now: () => new Date(),
      completeStep: async (_, reference, outcome) => {
        stripe.account.authenticate(reference, outcome);
        await Promise.resolve();
      },
      close: () => stripe.stop(),
    };
  },
});
