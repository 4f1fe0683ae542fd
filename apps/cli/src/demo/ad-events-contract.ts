/** The contract the ad platform team wrote for its events (ODCS 3.1). */
export const adEventsContract = `apiVersion: v3.1.0
kind: DataContract
id: ads-ad-events
name: ad-events
version: 1.0.0
status: active
domain: ads
dataProduct: ad-events
description:
  purpose: Every impression, click and conversion of the ad server, as it happened.
team:
  name: ad-platform
schema:
  - name: ad_events
    logicalType: object
    properties:
      - name: event_id
        description: Made by the ad server; a re-sent event keeps it.
        logicalType: string
        logicalTypeOptions:
          minLength: 36
          maxLength: 36
        primaryKey: true
        primaryKeyPosition: 1
        required: true
      - name: timestamp
        description: When it happened on the device.
        logicalType: timestamp
        required: true
        customProperties:
          - property: headwater:eventTime
            value: true
      - name: user_id
        description: Pseudonym of the person.
        logicalType: string
        required: true
        classification: personal
        customProperties:
          - property: headwater:personal
            value: true
          - property: headwater:erasureKey
            value: true
      - name: campaign_id
        logicalType: string
        logicalTypeOptions:
          pattern: ^cmp-[0-9]{6}$
        required: true
      - name: ad_format
        logicalType: string
        logicalTypeOptions:
          pattern: ^(banner|video|native|interstitial|rewarded)$
        required: true
      - name: country
        description: ISO 3166-1 alpha-2.
        logicalType: string
        logicalTypeOptions:
          pattern: ^[A-Z]{2}$
        required: true
      - name: device
        logicalType: string
        logicalTypeOptions:
          pattern: ^(mobile|desktop|tablet|ctv)$
        required: true
      - name: event_type
        logicalType: string
        logicalTypeOptions:
          pattern: ^(impression|click|conversion)$
        required: true
      - name: revenue
        description: In US dollars.
        logicalType: number
        physicalType: decimal(18,4)
        logicalTypeOptions:
          minimum: 0
        required: true
`;
