import { Module, type DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { ApplicationModule } from './application/application.module.ts';
import { AuditModule } from './audit/audit.module.ts';
import { ChangeRequestModule } from './change-request/change-request.module.ts';
import { ContractChangeModule } from './contract-change/contract-change.module.ts';
import { DataContractModule } from './data-contract/data-contract.module.ts';
import { DataProductModule } from './data-product/data-product.module.ts';
import { DomainModule } from './domain/domain.module.ts';
import { IncidentModule } from './incident/incident.module.ts';
import { NodeModule } from './node/node.module.ts';
import { OperatingModule } from './operating/operating.module.ts';
import { OperationModule } from './operation/operation.module.ts';
import { QualityModule } from './quality/quality.module.ts';
import { QuarantineModule } from './quarantine/quarantine.module.ts';
import { RetentionModule } from './retention/retention.module.ts';
import { ReviewTaskModule } from './review-task/review-task.module.ts';
import { ServicesModule, type Services } from './services.ts';
import { StagingModule } from './staging/staging.module.ts';
import { TeamModule } from './team/team.module.ts';
import { TopicModule } from './topic/topic.module.ts';
import { ViewerModule } from './viewer/viewer.module.ts';

const features = [
  ViewerModule,
  DomainModule,
  TeamModule,
  ApplicationModule,
  DataProductModule,
  DataContractModule,
  ContractChangeModule,
  TopicModule,
  StagingModule,
  QualityModule,
  QuarantineModule,
  IncidentModule,
  OperationModule,
  OperatingModule,
  ChangeRequestModule,
  ReviewTaskModule,
  RetentionModule,
  AuditModule,
  NodeModule,
];

/** The control plane: the services, then one module per feature, then the GraphQL door. */
@Module({})
export class AppModule {
  static of(services: Services, graphql: MercuriusDriverConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ServicesModule.of(services),
        ...features,
        GraphQLModule.forRoot<MercuriusDriverConfig>({ driver: MercuriusDriver, ...graphql }),
      ],
    };
  }
}
