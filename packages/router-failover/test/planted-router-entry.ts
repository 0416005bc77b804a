export { faults } from '@sanctum/router-failover'
export { createFaultServer, runExam } from '@sanctum/router-failover/node'
export { openRouter } from './open-router.ts'
