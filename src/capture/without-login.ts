/** Kinds whose rest is a name on this board. Whatever else is written may hold a login, be it a known kind or not. */
const OF_THE_BOARD = /^(folder|folder-loop|video|video-loop|v4l2|argus|libcamera|sim):/;
/** As "http:", "HTTP://" and "rtsp:/" begin: what is refused for its form is told too. */
const ADDRESS = /^\s*([a-z][a-z\d+.-]*:\/*)(.*)$/is;
/** Some cameras take the login in their path: "/user=admin_password=tlJwpbo6_channel=1.sdp". */
const SECRET_IN_PATH = /((?:passw?(?:or)?d?|psw|pwd|token|secret)=)[^&;/]*/gi;

/** A source for people and logs: a URL's user, password and query left out (many cameras take the login in the query). */
export function withoutLogin(source: string): string {
  if (OF_THE_BOARD.test(source)) return source;
  const [, scheme, rest] = ADDRESS.exec(source) ?? [];
  if (scheme === undefined || rest === undefined) return source.includes('@') ? '...' : source;
  // Without a slash the scheme may be the user.
  if (!scheme.endsWith('/') && rest.includes('@')) return '...';
  const [, bare = rest] = /^[^/?#]*@(.*)$/s.exec(rest) ?? [];
  const address = bare.replace(/[?#].*$/s, '').replace(SECRET_IN_PATH, '$1***');
  // What is left must begin with a host; otherwise it is no URL, and may be a part of a password.
  return /^[\w.-]+(:\d+)?(\/|$)|^\[[\da-f:]+\](:\d+)?(\/|$)/i.test(address) ? `${scheme}${address}` : `${scheme}...`;
}

/** A program's words with each URL's login left out, and a password that stands alone too. */
export function withoutLogins(text: string, secrets: readonly string[] = []): string {
  const bare = text.replace(/\b[a-z][a-z\d+.-]*:\/\/[^\s'"]+/gi, (url) => withoutLogin(url));
  return secrets.filter((secret) => secret.length > 0).reduce((line, secret) => line.replaceAll(secret, '***'), bare);
}
