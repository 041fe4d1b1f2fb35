/** A source for people and logs: a URL's user, password and query left out (many cameras take the login in the query). */
export function withoutLogin(source: string): string {
  const [, scheme, rest] = /^([a-z-]+:\/\/)(.*)$/s.exec(source) ?? [];
  if (scheme === undefined || rest === undefined) return source;
  const [, bare = rest] = /^[^/?#]*@(.*)$/s.exec(rest) ?? [];
  const address = bare.replace(/[?#].*$/s, '');
  // What is left must begin with a host; otherwise it is no URL, and may be a part of a password.
  return /^[\w.-]+(:\d+)?(\/|$)|^\[[\da-f:]+\](:\d+)?(\/|$)/i.test(address) ? `${scheme}${address}` : `${scheme}...`;
}

/** A program's words with each URL's login left out, and a password that stands alone too. */
export function withoutLogins(text: string, secrets: readonly string[] = []): string {
  const bare = text.replace(/\b[a-z]+:\/\/[^\s'"]+/gi, (url) => withoutLogin(url));
  return secrets.filter((secret) => secret.length > 0).reduce((line, secret) => line.replaceAll(secret, '***'), bare);
}
