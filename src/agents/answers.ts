/** The schemas that a prompt may name. */
export const answerNames = ['Clarification', 'ValidationContract', 'Plan', 'Triage', 'Curated', 'Split', 'Handoff', 'Review', 'Synthesis', 'Report', 'Confirmations', 'Digest'] as const
