import type { EmbeddedPromptSet, EmbeddedTarget } from '../../src/types.js';

export function embeddedTarget(id: string, embedding: readonly number[]): EmbeddedTarget {
  return {
    target: { id, name: id, prompts: [id], templates: ['{}'], beneficial: false },
    embedding: Float32Array.from(embedding),
    prompts: [{ text: id, embedding: Float32Array.from(embedding) }],
  };
}

export function embeddedSet(targets: readonly EmbeddedTarget[]): EmbeddedPromptSet {
  return {
    promptSet: {
      id: 'words',
      hash: '00',
      title: 'Words',
      origin: 'words.yaml',
      targets: targets.map(({ target }) => target),
      negatives: [],
      negativeTemplates: ['{}'],
    },
    model: { id: 'drawn', sha256: '11' },
    targets,
    negatives: [],
  };
}
