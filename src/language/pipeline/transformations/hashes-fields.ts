import type { Expression } from '../../tree.ts';
import { mapLeaves, textOf } from '../../walk.ts';
import type { TransformationKind } from '../pipeline.ts';

const algorithmsByLength: ReadonlyMap<number, string> = new Map([
  [32, 'MD5'],
  [40, 'SHA1'],
  [64, 'SHA256'],
  [128, 'SHA512'],
]);

/** `hashes_fields`: one field for each algorithm in place of `Hashes: ALGORITHM=value`. */
export const hashesFields: TransformationKind = {
  type: 'hashes_fields',
  summary: 'Splits tests of the fields Hashes and Hash into one field for each algorithm.',
  read: (keys) => {
    keys.required('valid_hash_algos');
    const valid = new Set(keys.texts('valid_hash_algos').map((name) => name.toUpperCase()));
    const prefix = keys.text('field_prefix', 256) ?? '';
    const dropsAlgorithm = keys.flag('drop_algo_prefix') ?? false;
    return {
      scope: 'item',
      change: ({ field, expression }, run) => {
        if (field !== 'Hashes' && field !== 'Hash') return expression;
        return mapLeaves(expression, (leaf): Expression => {
          const hash = leaf.kind === 'field' ? splitHash(textOf(leaf) ?? '') : undefined;
          if (hash === undefined || leaf.kind !== 'field') return leaf;
          if (!valid.has(hash.algorithm)) {
            run.fail(`no field is known for hashes of the kind ${hash.algorithm}`);
            return leaf;
          }
          const name = prefix + (dropsAlgorithm ? '' : hash.algorithm);
          const pattern = [{ kind: 'literal', text: hash.value }] as const;
          return { kind: 'field', field: name, match: { kind: 'text', pattern, cased: false } };
        });
      },
    };
  },
};

interface Hash {
  readonly algorithm: string;
  readonly value: string;
}

function splitHash(text: string): Hash | undefined {
  const bare = text.replaceAll('*', '').replace(/,$/, '');
  const named = /^([A-Za-z0-9]{1,20})[=|](.+)$/.exec(bare);
  const value = named?.[2] ?? bare;
  const algorithm = named?.[1]?.toUpperCase() ?? algorithmsByLength.get(value.length);
  if (algorithm === undefined || !/^[0-9A-Fa-f]+$/.test(value)) return undefined;
  return { algorithm, value };
}
