/** Where pages and git are, from where the API is. */
export function webOrigin(api_url: string): string {
  const url = new URL(api_url)
  if (url.hostname === 'api.github.com') return 'https://github.com'
  return url.origin
}
