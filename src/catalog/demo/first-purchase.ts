/** One word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Three commands, a line each, that buy one unit of a variant when they are pasted into a shell one after the other: a cart, the
 * ways to ship it, the order, paid with the test provider. The first leaves the cart's id in a shell variable.
 * Every address is quoted, because some shells read brackets and question marks as patterns.
 * @param address of the server, such as http://127.0.0.1:3000
 */
export function firstPurchase(address: string, variantId: string): readonly string[] {
  const json = `-H ${quoted('content-type: application/json')}`;
  const items = JSON.stringify({ items: [{ variantId, quantity: 1 }] });
  // The cart's id, whose letters mean nothing to a shell, goes between the two halves.
  const [before = '', after = ''] = JSON.stringify({
    cartId: '$',
    email: 'ada@example.com',
    shippingAddress: {
      name: 'Ada Example',
      line1: '1 Market Street',
      city: 'York',
      postalCode: 'YO1 8SR',
      country: 'GB',
    },
    shippingMethod: 'standard',
    payment: { provider: 'test', token: 'tok_approved' },
  }).split('$');
  return [
    `CART=$(curl -s ${quoted(`${address}/v1/carts`)} ${json} -d ${quoted(items)} | sed -n 's/^{"id":"\\([^"]*\\)".*/\\1/p'); echo "Cart: $CART"`,
    `curl -s -w '\\n' "${address}/v1/shipping-methods?cartId=$CART"`,
    `curl -s -w '\\n' ${quoted(`${address}/v1/orders`)} ${json} -d ${quoted(before)}"$CART"${quoted(after)}`,
  ];
}
