/** The text with the user information of every URL in it left out: `https://user:token@host` is shown as `https://host`. */
export function redactUserInfo(text: string): string {
  // Begins at `://`, which no character of what follows lets begin again: linear on any text.
  return text.replaceAll(/:\/\/[^\s/?#"'<>]*@/gu, "://");
}
