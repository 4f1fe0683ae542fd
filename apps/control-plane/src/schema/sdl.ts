import { Kind, parse, print, type DocumentNode, type ObjectTypeDefinitionNode } from 'graphql';
import application from '../application/application.graphql';
import audit from '../audit/audit.graphql';
import changeRequest from '../change-request/change-request.graphql';
import contractChange from '../contract-change/contract-change.graphql';
import dataContract from '../data-contract/data-contract.graphql';
import dataProduct from '../data-product/data-product.graphql';
import domain from '../domain/domain.graphql';
import incident from '../incident/incident.graphql';
import operating from '../operating/operating.graphql';
import operation from '../operation/operation.graphql';
import quality from '../quality/quality.graphql';
import quarantine from '../quarantine/quarantine.graphql';
import retention from '../retention/retention.graphql';
import reviewTask from '../review-task/review-task.graphql';
import staging from '../staging/staging.graphql';
import team from '../team/team.graphql';
import topic from '../topic/topic.graphql';
import viewer from '../viewer/viewer.graphql';
import schema from './schema.graphql';

const sources = [
  schema,
  viewer,
  domain,
  team,
  application,
  dataProduct,
  dataContract,
  contractChange,
  topic,
  staging,
  quality,
  quarantine,
  incident,
  operation,
  operating,
  changeRequest,
  reviewTask,
  retention,
  audit,
];

/** The SDL of every feature as one document, with each `extend type` folded into its type. */
export function mergeSdl(texts: readonly string[]): DocumentNode {
  const definitions = texts.flatMap((text) => parse(text, { noLocation: true }).definitions);
  const extensions = definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_EXTENSION);
  return {
    kind: Kind.DOCUMENT,
    definitions: definitions
      .filter((node) => node.kind !== Kind.OBJECT_TYPE_EXTENSION)
      .map((node) =>
        node.kind === Kind.OBJECT_TYPE_DEFINITION
          ? ({
              ...node,
              fields: [node, ...extensions.filter(({ name }) => name.value === node.name.value)].flatMap(
                ({ fields }) => fields ?? [],
              ),
            } satisfies ObjectTypeDefinitionNode)
          : node,
      ),
  };
}

/** The whole interface as SDL text; committed as schema.graphql. */
export const sdl = `${print(mergeSdl(sources))}\n`;
