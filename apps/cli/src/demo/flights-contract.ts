/** Contract of the flights of npm `vega-datasets` (US domestic flights of 2001); times are local, so without a zone. */
export const flightsContract = `apiVersion: v3.1.0
kind: DataContract
id: transport-flights
name: flights
version: 1.0.0
status: active
domain: transport
dataProduct: flights
description:
  purpose: US domestic flights of the first half of 2001, one record for each flight.
team:
  name: flight-data
schema:
  - name: flights
    logicalType: object
    properties:
      - name: date
        description: Local time of the scheduled departure.
        logicalType: timestamp
        logicalTypeOptions:
          timezone: false
        required: true
      - name: delay
        description: Minutes late at the destination; negative when early.
        logicalType: integer
        required: true
      - name: distance
        description: Miles.
        logicalType: integer
        logicalTypeOptions:
          minimum: 0
        required: true
      - name: origin
        description: IATA code.
        logicalType: string
        logicalTypeOptions:
          pattern: ^[A-Z0-9]{3}$
        required: true
      - name: destination
        description: IATA code.
        logicalType: string
        logicalTypeOptions:
          pattern: ^[A-Z0-9]{3}$
        required: true
`;

/** The smaller file has other members: delay, distance and the hour of the day. */
export const quickFlightsContract = `apiVersion: v3.1.0
kind: DataContract
id: transport-flights-quick
name: flights-quick
version: 1.0.0
status: active
domain: transport
dataProduct: flights-quick
description:
  purpose: Delay, distance and hour of 200,000 US domestic flights.
team:
  name: flight-data
schema:
  - name: flights_quick
    logicalType: object
    properties:
      - name: delay
        description: Minutes late at the destination; negative when early.
        logicalType: integer
        required: true
      - name: distance
        description: Miles.
        logicalType: integer
        required: true
      - name: time
        description: Hour of the day with its fraction.
        logicalType: number
        physicalType: double
        required: true
`;
