/** Words that two testers would judge differently. In the languages in which people ask for missions most. */
const vague: readonly RegExp[] = [
  /(?:works?|behaves?|functions?|handled?|displayed|shown|responds?)\s+(?:correctly|properly|as (?:expected|intended|it should|usual)|fine|well|reasonably|sensibly|gracefully|appropriately|nicely)/,
  /\bas (?:expected|intended|appropriate|needed|desired)\b|\b(?:properly|correctly|gracefully|appropriately|adequately|sensibly|seamlessly|smoothly|intuitively)\b/,
  /\b(?:user[- ]friendly|intuitive|easy to (?:use|understand)|seamless|robust|performant|responsive enough|good (?:performance|enough)|looks? (?:good|nice|right|fine)|sensible|meaningful|appropriate|reasonable|helpful)\b/,
  /\b(?:quickly|fast|instantly|promptly|in a timely|without (?:problems|issues|errors)|no (?:problems|issues))\b/,
  /(?<!\p{L})(?:wie erwartet|ordnungsgemäß|einwandfrei|benutzerfreundlich|funktioniert (?:richtig|korrekt|gut)|sinnvoll|angemessen|problemlos)(?!\p{L})/u,
  /(?<!\p{L})(?:fonctionne (?:correctement|bien)|comme (?:prévu|attendu)|convivial|de manière appropriée|sans problème)(?!\p{L})/u,
  /(?<!\p{L})(?:funciona (?:correctamente|bien)|como se espera|correctamente|fácil de usar|adecuad[oa]|sin problemas|conforme esperado|funciona corretamente)(?!\p{L})/u,
]

/** What bounds a sentence: a number, words between quotes or in code, a status by name. */
const bound = /\d|["“”„«»]|`[^`]+`|'[^']{2,}'|\b(?:exit code|status|identical|unchanged|exactly|the same as|nothing|no output|empty)\b/i

/** A vague word in a sentence that nothing bounds; null when there is none. */
export function vagueWord(text: string): string | null {
  for (const sentence of text.split(/(?<=[.!?;])\s+|\n+/)) {
    if (bound.test(sentence)) continue
    const lower = sentence.toLowerCase()
    for (const words of vague) {
      const found = words.exec(lower)?.[0]
      if (found) return found
    }
  }
  return null
}
