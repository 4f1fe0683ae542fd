import type { contractChangeEnglish } from './contract-change-en.ts';

/** 계약 변경과 제품 품질 명령의 한국어 문구. */
export const contractChangeKorean: typeof contractChangeEnglish = {
  about: {
    publish: '제품 계약의 새 버전을 게시하고, 영향을 받는 읽는 쪽의 검토를 기다림',
    advise: '바뀐 계약이 어느 애플리케이션을 깨뜨리는지, 적용 순서와 우회 방법을 알림',
    quality: '제품 테이블에서 측정한 품질 검사 결과 보기',
  },
  option: {
    product: '계약에 이름이 없을 때의 <도메인>/<제품>',
    askReaders: '깨지는 애플리케이션이 있어도 거부하지 않고 각각 검토를 요청',
    measure: '마지막 결과를 보여 주는 대신 지금 측정',
    history: '최근 결과를 이만큼 보여 줌',
  },
  changes: (classification, given, needed) =>
    `${classification} 변경: 버전 ${given}, 최소 ${needed} 이상이어야 함`,
  same: '시행 중인 계약과 내용이 같습니다.',
  reader: { BREAKS: '깨짐', MIGRATES: '나중에 옮겨야 함', UNAFFECTED: '영향 없음' },
  reads: (fields) => `읽는 필드: ${fields}`,
  writers: '보내는 쪽이 바꿔야 할 것:',
  order: {
    ANY: '적용 순서: 상관없음.',
    READERS_FIRST: '적용 순서: 읽는 쪽 먼저, 그다음 보내는 쪽.',
    WRITERS_FIRST: '적용 순서: 보내는 쪽 먼저, 그다음 읽는 쪽.',
    NONE: '적용 순서: 모두를 지키는 순서가 없음.',
  },
  modes: (modes) => `호환되는 스키마 모드: ${modes}`,
  unknown: (groups) => `알려지지 않은 읽는 쪽(아무도 선언하지 않은 컨슈머 그룹): ${groups}`,
  unobserved: '토픽의 컨슈머 그룹을 확인하지 못했습니다.',
  bridge: (version) => `아무도 깨뜨리지 않는 방법, 버전 ${version} (계약: -o json 의 bridge.contract):`,
  refused: '거부될 이유:',
  published: (product, version) => `${product}: 버전 ${version} 시행 중`,
  unchanged: (product) => `${product}: 바꿀 것이 없음`,
  wouldPublish: (product, version) => `${product}: 버전 ${version} 이(가) 게시될 예정`,
  waits: (product, applications) => `${product}: ${applications} 의 검토를 기다림`,
  quality: {
    none: (product) => `${product}: 아직 측정한 적이 없음 (--measure 로 지금 측정)`,
    title: (product, status, rows, version, contract) =>
      `${product}: ${status} (행 ${rows}개, 테이블 버전 ${version}, 계약 ${contract})`,
  },
};
