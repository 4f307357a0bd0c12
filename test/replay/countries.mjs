/** The names that the sales file uses, as ISO 3166-1 alpha-2. The Channel Islands have two codes; Jersey stands for them. */
const CODES = new Map([
  ['Australia', 'AU'],
  ['Austria', 'AT'],
  ['Bahrain', 'BH'],
  ['Belgium', 'BE'],
  ['Brazil', 'BR'],
  ['Canada', 'CA'],
  ['Channel Islands', 'JE'],
  ['Cyprus', 'CY'],
  ['Czech Republic', 'CZ'],
  ['Denmark', 'DK'],
  ['EIRE', 'IE'],
  ['Finland', 'FI'],
  ['France', 'FR'],
  ['Germany', 'DE'],
  ['Greece', 'GR'],
  ['Hong Kong', 'HK'],
  ['Iceland', 'IS'],
  ['Israel', 'IL'],
  ['Italy', 'IT'],
  ['Japan', 'JP'],
  ['Lebanon', 'LB'],
  ['Lithuania', 'LT'],
  ['Malta', 'MT'],
  ['Netherlands', 'NL'],
  ['Norway', 'NO'],
  ['Poland', 'PL'],
  ['Portugal', 'PT'],
  ['RSA', 'ZA'],
  ['Saudi Arabia', 'SA'],
  ['Singapore', 'SG'],
  ['Spain', 'ES'],
  ['Sweden', 'SE'],
  ['Switzerland', 'CH'],
  ['USA', 'US'],
  ['United Arab Emirates', 'AE'],
  ['United Kingdom', 'GB'],
]);

/**
 * @param {string} name a country as the file writes it
 * @returns {string | null} null for what names no country (`Unspecified`, `European Community`)
 */
export function countryCode(name) {
  return CODES.get(name.trim()) ?? null;
}
