/**
 * The parts of an ODCS contract this product reads, in ODCS's own words (Open Data Contract Standard v3.0.0 to v3.1.0).
 * Parts that are only kept and shown are typed loosely.
 */
export interface Odcs {
  readonly apiVersion: string;
  readonly kind: 'DataContract';
  readonly id: string;
  readonly version: string;
  readonly status: string;
  readonly name?: string | undefined;
  readonly tenant?: string | undefined;
  readonly domain?: string | undefined;
  readonly dataProduct?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly description?: OdcsDescription | undefined;
  readonly schema?: readonly OdcsObject[] | undefined;
  readonly servers?: readonly OdcsServer[] | undefined;
  readonly team?: OdcsTeam | readonly OdcsTeamMember[] | undefined;
  readonly roles?: readonly { readonly role: string }[] | undefined;
  readonly slaProperties?: readonly OdcsSlaProperty[] | undefined;
  readonly support?: readonly { readonly channel: string; readonly url?: string | undefined }[] | undefined;
  readonly customProperties?: readonly OdcsCustomProperty[] | undefined;
  readonly contractCreatedTs?: string | undefined;
}

export interface OdcsDescription {
  readonly usage?: string | undefined;
  readonly purpose?: string | undefined;
  readonly limitations?: string | undefined;
}

export interface OdcsServer {
  readonly server: string;
  readonly type: string;
  readonly environment?: string | undefined;
  readonly [field: string]: unknown;
}

export interface OdcsTeam {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly members?: readonly OdcsTeamMember[] | undefined;
}

export interface OdcsTeamMember {
  readonly username: string;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly dateOut?: string | undefined;
}

export interface OdcsSlaProperty {
  readonly property: string;
  readonly value: string | number | boolean | null;
  readonly unit?: string | undefined;
  readonly element?: string | undefined;
}

export interface OdcsCustomProperty {
  readonly property: string;
  readonly value?: unknown;
}

interface OdcsElement {
  readonly physicalType?: string | undefined;
  readonly physicalName?: string | undefined;
  readonly description?: string | undefined;
  readonly businessName?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly customProperties?: readonly OdcsCustomProperty[] | undefined;
  readonly quality?: readonly OdcsQuality[] | undefined;
}

export interface OdcsObject extends OdcsElement {
  readonly name: string;
  readonly properties?: readonly OdcsProperty[] | undefined;
}

export type OdcsLogicalType =
  'string' | 'date' | 'timestamp' | 'time' | 'number' | 'integer' | 'object' | 'array' | 'boolean';

export interface OdcsProperty extends OdcsElement {
  /** Absent only for the items of an array. */
  readonly name?: string | undefined;
  readonly logicalType?: OdcsLogicalType | undefined;
  readonly logicalTypeOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly required?: boolean | undefined;
  readonly unique?: boolean | undefined;
  readonly primaryKey?: boolean | undefined;
  readonly primaryKeyPosition?: number | undefined;
  readonly partitioned?: boolean | undefined;
  readonly partitionKeyPosition?: number | undefined;
  readonly classification?: string | undefined;
  readonly criticalDataElement?: boolean | undefined;
  readonly examples?: readonly unknown[] | undefined;
  readonly properties?: readonly OdcsProperty[] | undefined;
  readonly items?: OdcsProperty | undefined;
}

export interface OdcsQuality {
  readonly type?: 'text' | 'library' | 'sql' | 'custom' | undefined;
  readonly metric?: string | undefined;
  readonly severity?: string | undefined;
  readonly arguments?: Readonly<Record<string, unknown>> | undefined;
  readonly mustBe?: unknown;
  readonly description?: string | undefined;
}
