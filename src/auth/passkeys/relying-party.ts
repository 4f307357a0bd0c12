/** Who passkeys are made for (WebAuthn Level 3, "relying party"), and from which pages. */
export interface RelyingParty {
  /** The domain that they are bound to. */
  readonly id: string;
  readonly name: string;
  /** Whether a page of this origin may ask for them. */
  readonly accepts: (origin: string) => boolean;
}

interface Settings {
  readonly passkeyRpId: string | undefined;
  readonly shopName: string;
  readonly storefrontUrl: string | undefined;
  readonly corsOrigins: readonly string[];
  readonly production: boolean;
}

const LOCAL = 'localhost';
const LOCAL_ORIGIN = /^http:\/\/localhost(:\d{1,5})?$/;

/**
 * The relying party of a configuration: the storefront's origin and those of CORS_ORIGINS that lie in the domain. Undefined
 * in production where no domain is set; in development it is then `localhost`, from whatever port.
 */
export function relyingPartyOf(settings: Settings): RelyingParty | undefined {
  const { production, shopName, storefrontUrl, corsOrigins } = settings;
  const id = settings.passkeyRpId ?? (production ? undefined : LOCAL);
  if (id === undefined) return undefined;
  const named = [...corsOrigins, ...(storefrontUrl === undefined ? [] : [storefrontUrl])];
  const origins = new Set(named.map(originOf).filter((origin) => origin !== undefined && liesIn(origin, id)));
  const anyPort = !production && id === LOCAL;
  return { id, name: shopName, accepts: (origin) => origins.has(origin) || (anyPort && LOCAL_ORIGIN.test(origin)) };
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Browsers let a page use the passkeys of its own domain and of those above it, over https or on this machine. */
function liesIn(origin: string, id: string): boolean {
  const { hostname, protocol } = new URL(origin);
  const secure = protocol === 'https:' || hostname === LOCAL || hostname.endsWith(`.${LOCAL}`);
  return secure && (hostname === id || hostname.endsWith(`.${id}`));
}
