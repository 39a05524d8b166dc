/** The text with the user information of every URL in it left out: `https://user:token@host` is shown as `https://host`. */
export function redactUserInfo(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/giu, "$1");
}
