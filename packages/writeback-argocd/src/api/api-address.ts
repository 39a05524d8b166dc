/** What the address is made of. */
export interface ApiAddressSettings {
  readonly url: string;
  readonly rootPath?: string | undefined;
  readonly allowHttp?: boolean | undefined;
}

/** Where an API server is. */
export interface ApiAddress {
  /** Without a slash at its end. */
  readonly base: string;
  /** What messages name. */
  readonly origin: string;
}

/** Throws TypeError for an address that cannot be used; user information of it is never shown. */
export function readApiAddress({
  url: text,
  rootPath = "",
  allowHttp = false,
}: ApiAddressSettings): ApiAddress {
  if (!URL.canParse(text)) throw unusable("is not a URL; write https:// and the host");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    throw unusable("holds user information; pass the token as `token`");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw unusable(`has the scheme ${url.protocol}; write https://`);
  }
  if (url.protocol === "http:" && !allowHttp) {
    throw unusable(`${url.origin} is plain HTTP; use https, or set allowHttp`);
  }
  if (url.search !== "" || url.hash !== "") throw unusable("has a query or a fragment");
  const path = [...url.pathname.split("/"), ...rootPath.split("/")].filter((part) => part !== "");
  return { base: [url.origin, ...path].join("/"), origin: url.origin };
}

function unusable(problem: string): TypeError {
  return new TypeError(`createArgoCdApiClient: the setting url ${problem}`);
}
