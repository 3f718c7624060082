/** The check run that says whether a mission's head was validated. */
export const validationCheckName = 'missions/validation'
