import type { TransformationKind } from '../pipeline.ts';
import { addCondition } from './add-condition.ts';
import { changeLogsource } from './change-logsource.ts';
import { dropDetectionItem } from './drop-detection-item.ts';
import { detectionItemFailure, ruleFailure } from './failures.ts';
import {
  fieldNameMapping,
  fieldNamePrefix,
  fieldNamePrefixMapping,
  fieldNameSuffix,
} from './field-names.ts';
import { hashesFields } from './hashes-fields.ts';
import { valuePlaceholders, wildcardPlaceholders } from './placeholders.ts';
import { replaceString } from './replace-string.ts';
import { setCustomAttribute } from './set-custom-attribute.ts';
import { setState } from './set-state.ts';

/** All transformations that pipelines can use. */
export const transformations: readonly TransformationKind[] = [
  fieldNameMapping,
  fieldNamePrefixMapping,
  fieldNamePrefix,
  fieldNameSuffix,
  changeLogsource,
  addCondition,
  hashesFields,
  valuePlaceholders,
  wildcardPlaceholders,
  replaceString,
  dropDetectionItem,
  setCustomAttribute,
  setState,
  ruleFailure,
  detectionItemFailure,
];

const byType: ReadonlyMap<string, TransformationKind> = new Map(
  transformations.map((kind) => [kind.type, kind]),
);

/** The transformation of this type. */
export function findTransformation(type: string): TransformationKind | undefined {
  return byType.get(type);
}
