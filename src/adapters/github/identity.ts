/** Who this app is on GitHub. */
export interface AppIdentity {
  app_id: number
  slug: string
}

/** The login under which the app's acts appear. */
export function botLogin(identity: AppIdentity): string {
  return `${identity.slug}[bot]`
}

export function isOurs(login: string | null | undefined, identity: AppIdentity): boolean {
  return login?.toLowerCase() === botLogin(identity).toLowerCase()
}
