import type { Incident, Outcome, Proof } from './incident.ts'

const heal = 'packages/supervisor/test/heal/household-incidents.test.ts'
const probes = 'packages/probes/test/household-incidents.test.ts'
const catalog = 'packages/catalog/test/cases.test.ts'
const render = 'packages/render/test/finding-codes.test.ts'
const launchd = 'packages/supervisor/test/native-managers.test.ts'
const runtime = 'packages/supervisor/src/judge-runtime.test.ts'
const processes = 'packages/supervisor/test/household-processes.real.test.ts'
const deep = 'apps/cli/src/checks/deep/deep-cases.test.ts'
const patrol = 'packages/supervisor/src/patrol/judge-patrol.test.ts'
const clients = 'packages/router-failover/test/household-clients.real.test.ts'
const secrets = 'packages/render/test/with-secrets.real.test.ts'

/**
 * The incidents of the reference haus, and what stands against each of them here. A guard is the very text of the mechanism, so whoever
 * rewrites one finds it here: `node tools/prove/incident-wall.ts NUMBER` shows whether the test still notices.
 */
export const incidents: readonly Incident[] = [
  {
    number: 1,
    title: 'One missing interface took 26 services down, and the watchdog, which probed old ports, saw none of it',
    outcome: reproduced(
      proof('packages/probes/src/judge-haus.test.ts', 'judgeHaus > one cause below, 26 services above: one root, 26 blocked', {
        what: 'the trouble of a service is that of the deepest requirement that is down',
        file: 'packages/probes/src/judge-service.ts',
        find: '...(judgeRequirements(evidence, own) ?? own)',
        replace: '...own',
      }),
      proof(catalog, 'cases of broken catalogs > PROBE_PORT_UNOWNED', {
        what: 'a probe of a port that its service does not provide is a finding',
        file: 'packages/catalog/src/lint/probes.ts',
        find: 'return [toUnowned(asked, probe.port, provides)]',
        replace: 'return []',
      }),
    ),
  },
  {
    number: 2,
    title: 'A validator took an argument that looks like a path for a program, and reported it missing',
    outcome: reproduced(
      proof(render, 'findings of rendering > take only what stands at the place of a path for one', {
        what: 'only the first word of a command is a program',
        file: 'packages/render/src/judge-service.ts',
        find: "['run/command', service.run?.command[0] ?? command[0] ?? ''],",
        replace: "...command.map((word) => ['run/command', word] as const),",
      }),
    ),
  },
  {
    number: 3,
    title: '28 heals in four hours of jobs that are meant to end',
    outcome: reproduced(
      proof(heal, 'restraint > four hours beside jobs that had ended as they should: not one heal', {
        what: 'a restart is for daemons and containers',
        file: 'packages/supervisor/src/heal/choose-ladder.ts',
        find: "(kind === 'daemon' || kind === 'container') &&",
        replace: '',
      }),
      proof(probes, 'jobs > a oneshot that is stopped as it should be is nothing to heal', {
        what: 'a job is judged by its end, not by whether it runs',
        file: 'packages/probes/src/judge-run.ts',
        find: "oneshot: 'job'",
        replace: "oneshot: 'lasting'",
      }),
    ),
  },
  {
    number: 4,
    title: 'Sixteen hours of green lists of models while no chat was answered',
    outcome: reproduced(
      proof(probes, 'green for a wrong reason > the list of models answers for sixteen hours while no chat gets a word', {
        what: 'the contract probe has a voice beside liveness',
        file: 'packages/probes/src/judge-probes.ts',
        find: "const gated = ['liveness', 'readiness', 'contract'] as const",
        replace: "const gated = ['liveness', 'readiness'] as const",
      }),
      proof('packages/probes/src/read-chat.test.ts', 'createChatReader > nothing but the role', {
        what: 'a chat is asked for a token, and the beginning of an answer is none',
        file: 'packages/probes/src/read-chat.ts',
        find: 'if (isText(part.content)) return',
        replace: 'if (part.content !== undefined) return',
      }),
    ),
  },
  {
    number: 5,
    title: 'A process ran from a binary that was no longer on the disk',
    outcome: reproduced(
      proof(processes, 'a process whose program was removed from the disk is seen', {
        what: 'the kernel is asked which file a process runs',
        file: 'packages/supervisor/src/node/observe-programs.ts',
        find: 'if (link !== program) return',
        replace: 'if (link === null) return',
      }),
      proof(runtime, 'its program was replaced', {
        what: 'what was seen of it is drift',
        file: 'packages/supervisor/src/judge-runtime.ts',
        find: 'sight === undefined || sight.replaced === null',
        replace: 'sight !== undefined || sight === undefined',
      }),
    ),
  },
  {
    number: 6,
    title: 'An orphan kept the port, the supervised copy could not start, and an old cache was served as news',
    outcome: reproduced(
      proof('apps/cli/src/haus/find-held-ports.test.ts', 'a stranger while the service itself run…: held is true', {
        what: 'who listens must be the supervised process or its child',
        file: 'apps/cli/src/haus/find-held-ports.ts',
        find: 'return unit !== null && (pid === unit || process_group === unit)',
        replace: 'return unit !== null',
      }),
      proof(probes, 'green for a wrong reason > a cache that answers after its owner stood still is stale, however green what it says', {
        what: 'an answer says how old it is, and an old one is no answer',
        file: 'packages/probes/src/judge-answer.ts',
        find: 'return reading.value <= fresh.max_age_s',
        replace: 'return reading.value >= 0',
      }),
    ),
  },
  {
    number: 7,
    title: 'Critical services crashed for over five days after one single alert',
    outcome: reproduced(
      proof(heal, 'being heard > a critical service that crashes for five days and seventeen hours is told again and again', {
        what: 'the last step of an escalation repeats until somebody acknowledges',
        file: 'packages/supervisor/src/heal/reduce-escalations.ts',
        find: 'return last === undefined ? opened_ms + repeatMs : last + repeatMs',
        replace: 'return Number.POSITIVE_INFINITY',
      }),
    ),
  },
  {
    number: 8,
    title: 'A fallback model took 75 s to load, longer than whoever asked it waited',
    outcome: reproduced(
      proof(heal, 'restraint > a model that loads for 75 s after its restart is given that time, and the restart counts', {
        what: 'the time to show that a heal helped begins when the start is over',
        file: 'packages/supervisor/src/heal/reduce-incidents.ts',
        find: "if (subject.starting || subject.verdict !== 'failed')",
        replace: "if (subject.verdict !== 'failed')",
      }),
    ),
  },
  {
    number: 9,
    title: 'A probe waited behind a long answer, and a well server was restarted three times',
    outcome: reproduced(
      proof(heal, 'restraint > probes that wait behind a long answer while tokens flow restart nothing', {
        what: 'busy is not sick',
        file: 'packages/supervisor/src/heal/judge-heal.ts',
        find: '({ subject }) => (subject.busy === null',
        replace: '({ subject }) => (subject.kind !== null',
      }),
      proof('packages/probes/src/judge-busy.test.ts', 'judgeWork > under way', {
        what: 'work under way is seen where the service tells of it',
        file: 'packages/probes/src/judge-busy.ts',
        find: "return typeof value === 'number' && value > 0 ?",
        replace: 'return value === null ?',
      }),
    ),
  },
  {
    number: 10,
    title: 'The circuit breaker held back the one restart that was needed',
    outcome: reproduced(
      proof(heal, 'restraint > five causes at once stop all heals but the one that the haus cannot do without', {
        what: 'what is critical is healed while the breaker is open',
        file: 'packages/supervisor/src/heal/judge-heal.ts',
        find: "breaker === null || subject.tier === 'P0' ||",
        replace: 'breaker === null ||',
      }),
    ),
  },
  {
    number: 11,
    title: 'The automatic fallback could never have started: no unit, a retired model, the wrong protocol',
    outcome: reproduced(
      proof(catalog, 'cases of broken catalogs > FALLBACK_UNREACHED', {
        what: 'a fallback that nothing leads to is a finding',
        file: 'packages/catalog/src/lint/backends.ts',
        find: '...lintFallbacks(view),',
        replace: '',
      }),
      proof(catalog, 'cases of broken catalogs > BACKEND_PROTOCOL', {
        what: 'a backend is asked in the way in which its service answers',
        file: 'packages/catalog/src/lint/backends.ts',
        find: '...judgeProtocol(view, placed, target),',
        replace: '',
      }),
    ),
  },
  {
    number: 12,
    title: 'A unit that was marked disabled still won the race for its port at boot',
    outcome: reproduced(
      proof(render, 'findings of rendering > a planted unit with a fallback with KeepAlive is FALLBACK_STARTS_ITSELF', {
        what: 'a fallback has no key that starts it at load, and none is believed to be overruled',
        file: 'packages/render/src/launchd/judge-job.ts',
        find: 'if (!fallback_only) return []',
        replace: 'if (fallback_only || !fallback_only) return []',
      }),
    ),
  },
  {
    number: 13,
    title: 'What launchd had loaded was not what lay on the disk, and a kick read nothing anew',
    outcome: reproduced(
      proof(
        launchd,
        'the launchd manager on a model of launchctl keeps the contract of the port > goes the whole way: bootout, gone, enable, bootstrap',
        {
          what: 'a restart loads the definition anew',
          file: 'packages/supervisor/src/node/launchd-manager.ts',
          find: 'restart: (service) => withUnit(service, replace),',
          replace: 'restart: (service) => withUnit(service, kickstart),',
        },
      ),
      proof(runtime, 'its manager has read an older file', {
        what: 'what is loaded is compared with what was committed',
        file: 'packages/supervisor/src/judge-runtime.ts',
        find: 'if (needsReload)',
        replace: 'if (needsReload === null)',
      }),
    ),
  },
  {
    number: 14,
    title: 'A job was loaded while the old one was still being unloaded, and launchd said only error 5',
    outcome: reproduced(
      proof(
        launchd,
        'the launchd manager on a model of launchctl keeps the contract of the port > goes the whole way: bootout, gone, enable, bootstrap',
        {
          what: 'a job is loaded only when the old one is gone',
          file: 'packages/supervisor/src/node/launchd-manager.ts',
          find: 'waited <= patienceMs; waited += LOOK_MS',
          replace: 'waited < 0; waited += LOOK_MS',
        },
      ),
    ),
  },
  {
    number: 15,
    title: 'A manifest named a port that its service never bound',
    outcome: reproduced(
      proof(catalog, 'cases of broken catalogs > PROBE_PORT_UNOWNED.neighbour', {
        what: 'a probe asks a port of its own service, so that a wrong one shows at the first look',
        file: 'packages/catalog/src/lint/probes.ts',
        find: 'if (!isOwnPort(probe) || provides.includes(probe.port)) return []',
        replace: 'if (!isOwnPort(probe) || provides.length >= 0) return []',
      }),
      proof(patrol, 'the patrol > one that runs and does not listen', {
        what: 'a port that is declared is looked for among those that are bound',
        file: 'packages/supervisor/src/patrol/judge-patrol.ts',
        find: '...judgePorts(question, service, stateOf.get(service.id)),',
        replace: '',
      }),
    ),
  },
  {
    number: 16,
    title: 'Five services ran that the watchdog had never heard of',
    outcome: reproduced(
      proof(runtime, 'a stranger', {
        what: 'what runs under our name and is described by nobody is drift',
        file: 'packages/supervisor/src/judge-runtime.ts',
        find: '...strangers.map(toUnmanaged),',
        replace: '',
      }),
      proof(patrol, 'the patrol > a listener that nobody declared', {
        what: 'who listens and is in no catalog is a ghost, and told',
        file: 'packages/supervisor/src/patrol/judge-patrol.ts',
        find: 'ghosts: silent.length > 0 ? [] : findGhosts(question).map(toGhost),',
        replace: 'ghosts: [],',
      }),
    ),
  },
  {
    number: 17,
    title: 'Manifests in a new grammar were passed over in silence',
    outcome: reproduced(
      proof(catalog, 'cases of broken catalogs > UNKNOWN_FILE.manifest', {
        what: 'a document that nothing reads is a finding',
        file: 'packages/catalog/src/catalog-files.ts',
        find: '...names.filter(isUnread).map(toUnread),',
        replace: '',
      }),
    ),
  },
  {
    number: 18,
    title:
      'A link that the healer needs was gone for thirteen days: every heal failed, and none said so; half of all errors were fights for a port',
    outcome: reproduced(
      proof(heal, 'being heard > a heal of which nobody tells how it ended has failed, and is told as failed', {
        what: 'a heal whose end nobody tells has failed',
        file: 'packages/supervisor/src/heal/take-reports.ts',
        find: 'scene.nowMs - under_way.started_ms > limitMs(id, under_way, scene)',
        replace: 'scene.nowMs < 0',
      }),
      proof(catalog, 'cases of broken catalogs > PORT_CLASH', {
        what: 'a port has one owner',
        file: 'packages/catalog/src/lint/ports.ts',
        find: 'return [...lintLore(view), ...lintClashes(view)]',
        replace: 'return lintLore(view)',
      }),
      proof(deep, 'what is planted is found, and what looks alike is not > ACTION_UNRESOLVED: an action whose program is gone', {
        what: 'what a heal needs is looked for before it is needed',
        file: 'apps/cli/src/checks/deep/check-names.ts',
        find: '.filter(({ program }) => missing.has(program))',
        replace: '.filter(() => false)',
      }),
    ),
  },
  {
    number: 19,
    title: 'A rename left eight places behind that still used the old name',
    outcome: reproduced(
      proof(catalog, 'cases of broken catalogs > OLD_ID.renamed', {
        what: 'an old name is understood, and told with its place',
        file: 'packages/catalog/src/rewrite-names.ts',
        find: 'findings.push(toOldName(scalar.value, name, scalar.at))',
        replace: '',
      }),
      proof(catalog, 'cases of broken catalogs > UNKNOWN_SERVICE', {
        what: 'a name of nobody is a finding wherever it stands',
        file: 'packages/catalog/src/lint/references.ts',
        find: "return [createFinding('UNKNOWN_SERVICE', at, `There is no service ${id}.`, fix)]",
        replace: 'return []',
      }),
    ),
  },
  {
    number: 20,
    title: 'A refusal under status 200 was logged as done, seven times',
    outcome: reproduced(
      proof(probes, 'green for a wrong reason > a write that was refused under status 200 is no success', {
        what: 'success: false is no success, whatever the status',
        file: 'packages/probes/src/judge-answer.ts',
        find: "const refusals = ['success', 'ok'] as const",
        replace: 'const refusals = [] as const',
      }),
      proof(probes, 'green for a wrong reason > an object where yes was asked for is no success', {
        what: 'a value must be the one that was asked for, not merely something',
        file: 'packages/probes/src/judge-answer.ts',
        find: 'return reading.value === json.equals ?',
        replace: 'return Boolean(reading.value) === Boolean(json.equals) ?',
      }),
    ),
  },
  {
    number: 21,
    title: 'One of two rules was removed, and that was called success',
    outcome: reproduced(
      proof(probes, 'green for a wrong reason > one rule removed of two is no success', {
        what: 'a part is not the whole',
        file: 'packages/probes/src/judge-answer.ts',
        find: 'return reading.value === json.equals ?',
        replace: 'return Boolean(reading.value) === Boolean(json.equals) ?',
      }),
    ),
  },
  {
    number: 22,
    title: 'The router said that every device was offline while the network saw 56',
    outcome: waits('network control', 'two sources of one fact can be compared once the router of the haus is one of them'),
  },
  {
    number: 23,
    title: 'An old copy on the load path was used in place of the one that had been mended',
    outcome: reproduced(
      proof('packages/generations/src/judge-drift.test.ts', 'a copy that comes first on the load path', {
        what: 'a second file of the same name on the load path is drift',
        file: 'packages/generations/src/judge-drift.ts',
        find: 'if (twin !== undefined) {',
        replace: 'if (twin === null) {',
      }),
    ),
  },
  {
    number: 24,
    title: 'Retired services were still probed, and tiles showed services that had no manifest',
    outcome: reproduced(
      proof(catalog, 'cases of broken catalogs > RETIRED_REFERENCE', {
        what: 'whoever names a retired service hears of it',
        file: 'packages/catalog/src/lint/references.ts',
        find: 'if (retired) {',
        replace: 'if (retired === null) {',
      }),
      proof(deep, 'what is planted is found, and what looks alike is not > NAME_RETIRED: a probe of a retired port', {
        what: 'a probe may not ask the port of a retired service',
        file: 'apps/cli/src/checks/deep/check-names.ts',
        find: 'if (port === null || provided.has(port)) return []',
        replace: 'return []',
      }),
      proof(deep, 'what is planted is found, and what looks alike is not > NAME_UNKNOWN: a tile of a service that never was', {
        what: 'what a view shows is in the catalog',
        file: 'apps/cli/src/checks/deep/check-names.ts',
        find: '...question.shown.flatMap((one) => judgeShown(haus, one)),',
        replace: '',
      }),
    ),
  },
  {
    number: 25,
    title: 'One guard loaded a model again that another had released, once a minute',
    outcome: reproduced(
      proof(heal, 'restraint > a model that a person released for another one is not loaded again, minute by minute', {
        what: 'what is not wanted up is not healed',
        file: 'packages/supervisor/src/heal/judge-heal.ts',
        find: '|| subject.wanted === false) return',
        replace: ') return',
      }),
      proof(heal, 'restraint > a model whose memory another one has is not started beside it', {
        what: 'a start must fit beside what runs',
        file: 'packages/supervisor/src/heal/judge-heal.ts',
        find: 'if (refusal !== undefined) return',
        replace: 'if (refusal === null) return',
      }),
    ),
  },
  {
    number: 26,
    title: 'A valve against memory pressure ended what it was to protect, and then stopped a stopped process for hours',
    outcome: reproduced(
      proof(heal, 'restraint > while memory is short nothing is restarted that would need more of it', {
        what: 'nothing is restarted under memory pressure',
        file: 'packages/supervisor/src/heal/judge-heal.ts',
        find: 'if (scene.pressure !== null) return',
        replace: 'if (scene.pressure === undefined) return',
      }),
      proof(heal, 'restraint > a heal without effect comes back more and more seldom', {
        what: 'the wait after a heal without effect grows',
        file: 'packages/supervisor/src/heal/take-reports.ts',
        find: 'next_ms: scene.nowMs + waitMs(budget.streak, scene)',
        replace: 'next_ms: scene.nowMs',
      }),
    ),
  },
  {
    number: 27,
    title: 'A job was started seventeen times and never ended, and its light stayed green',
    outcome: reproduced(
      proof(probes, 'jobs > seventeen starts and no end: the job is red, though it runs', {
        what: 'a job is asked for its last good end while it runs, too',
        file: 'packages/probes/src/judge-run.ts',
        find: 'job: {\n    running: ask,',
        replace: 'job: {\n    running: isUnknown,',
      }),
      proof(deep, 'what is planted is found, and what looks alike is not > JOB_UNFINISHED: a start without an end', {
        what: 'a start without an end is told within the hour',
        file: 'apps/cli/src/checks/deep/check-jobs.ts',
        find: 'if (isOpen && (state.pid === null',
        replace: 'if (isOpen && (state.pid === undefined',
      }),
    ),
  },
  {
    number: 28,
    title: 'A changed key of a host was read as nine missing secrets',
    outcome: reproduced(
      proof('apps/cli/src/checks/check-secrets.test.ts', 'nine secrets behind a way that cannot be gone are not nine missing secrets', {
        what: 'what nobody could look at is not missing',
        file: 'apps/cli/src/node/text-files.ts',
        find: "throw toFault(error, 'looking at', path)",
        replace: 'return null',
      }),
      proof(probes, 'a key of the other side that changed is a matter of trust, and says nothing of what it holds', {
        what: 'trouble on the way is told apart from what the answer says',
        file: 'packages/probes/src/node/socket-failure.ts',
        find: 'if (isTrust(code)) return',
        replace: 'if (code === null) return',
      }),
    ),
  },
  {
    number: 29,
    title: 'After a boot without a login 94 agents were absent and the keychain was locked',
    outcome: reproduced(
      proof(render, 'findings of rendering > a haus-critical agent is NEEDS_LOGIN', {
        what: 'what is critical must start without a login',
        file: 'packages/render/src/judge-service.ts',
        find: "service.tier === 'P0' && starts",
        replace: 'service.tier === null && starts',
      }),
      proof(deep, "what is planted is found, and what looks alike is not > SECRET_UNREADABLE: a file that is another account's", {
        what: 'a secret is a file that the account of its service can read, with nobody logged in',
        file: 'apps/cli/src/checks/deep/check-secret-access.ts',
        find: 'if (!permits(seen, who, 4))',
        replace: 'if (seen === undefined)',
      }),
    ),
  },
  {
    number: 30,
    title: 'A daemon of the system kept a key for graphical sessions and was refused with error 5',
    outcome: reproduced(
      proof(render, 'findings of rendering > a planted unit with a key of agents in a daemon is GUI_KEY_IN_SYSTEM_DOMAIN', {
        what: 'a key is checked against the domain that the job is for',
        file: 'packages/render/src/launchd/judge-job.ts',
        find: "if (only === 'agent' && domain === 'system')",
        replace: 'if (only === null)',
      }),
      proof(catalog, 'cases of broken catalogs > SESSION_IN_SYSTEM_DOMAIN', {
        what: 'the catalog may not ask for it either',
        file: 'packages/catalog/src/lint/kinds.ts',
        find: "if (domain !== 'system' || session !== 'gui') return []",
        replace: 'return []',
      }),
    ),
  },
  {
    number: 31,
    title: 'A kill by a pattern of names ended the program that sent it',
    outcome: reproduced(
      proof(processes, 'the end of one process is never that of another, whatever its name and though it has its pid by now', {
        what: 'a process is ended by its pid and its start, never by a name',
        file: 'packages/supervisor/src/node/end-process.ts',
        find: 'processes.startTime(pid) !== start_time',
        replace: 'processes.startTime(pid) === null',
      }),
    ),
  },
  {
    number: 32,
    title: 'The unit of a virtual machine that was gone started it again and again for nineteen days',
    outcome: reproduced(
      proof('packages/generations/test/tombstones.test.ts', 'launchd > also where the home has lost every generation', {
        what: 'the unit of a retired service goes, also where no record of it is left',
        file: 'packages/generations/src/retired.ts',
        find: "if (header === 'whole' && sight.sight.kind === 'file') ledger.set",
        replace: "if (header === null && sight.sight.kind === 'file') ledger.set",
      }),
    ),
  },
  {
    number: 33,
    title: 'A program was built anew, and the old one ran on for thirty hours',
    outcome: reproduced(
      proof(processes, 'a program that was built anew while the old one goes on running is seen', {
        what: 'the file that runs and the file on the disk are compared by what they are, not by their name',
        file: 'packages/supervisor/src/node/observe-programs.ts',
        find: 'if (link !== program) return',
        replace: 'if (link !== null) return null\n  if (link !== program) return',
      }),
    ),
  },
  {
    number: 34,
    title: 'A search index held 11 of 2,032 files and was rebuilt only when empty',
    outcome: waits('memory', 'the index is that of the memory vault; a ratio can be asked for once there is one'),
  },
  {
    number: 35,
    title: 'One raccoon caused seven notifications',
    outcome: waits('notifications', 'sources are joined where notifications are sent from; here each incident already has one thread'),
  },
  {
    number: 36,
    title: 'Anybody in the network could send a notification',
    outcome: reproduced(
      proof('packages/local-api/test/judge-request.test.ts', 'who was asked as 192.168.1.10:4077 is refused', {
        what: 'a request must have been made to a name of loopback',
        file: 'packages/local-api/src/judge-request.ts',
        find: 'policy.hosts.includes(only.toLowerCase())',
        replace: 'true',
      }),
    ),
  },
  {
    number: 37,
    title: 'Messages were called sent for eight days while their sender was dead',
    outcome: reproduced(
      proof(
        'packages/contracts/src/incident-story.test.ts',
        'a call that was handed on is unconfirmed, and nothing can say that it was delivered',
        {
          what: 'handed on is unconfirmed; only a person who acknowledges ends the calls',
          file: 'packages/contracts/src/incident-story.ts',
          find: "channel: z.string(),\n    delivery: z.enum(['unconfirmed', 'failed']),",
          replace: 'channel: z.string(),\n    delivery: z.string(),',
        },
      ),
      proof('apps/daemon/src/failsafe/judge-alert-path.test.ts', 'one way failed', {
        what: 'a call that could not be handed on is an alarm of its own, by another way',
        file: 'apps/daemon/src/failsafe/judge-alert-path.ts',
        find: ".filter(({ delivery }) => delivery === 'failed')",
        replace: '.filter(() => false)',
      }),
    ),
  },
  {
    number: 38,
    title: 'An hourly alert about nothing drowned the one about something',
    outcome: reproduced(
      proof(heal, 'being heard > noise about what nobody needs uses up no call that a critical service needs', {
        what: 'the last calls of a day are for what is critical',
        file: 'packages/supervisor/src/heal/notify.ts',
        find: "(tier === 'P0' ? 0 : policy.notificationsReserve)",
        replace: '0',
      }),
    ),
  },
  {
    number: 39,
    title: 'With the model down, whoever could have been asked why was mute',
    outcome: byDesign(
      'status, doctor, explain and incidents are worked out on this machine, without a model; one that does not answer is what they tell of, not whom they ask why',
    ),
  },
  {
    number: 40,
    title: 'Answers without content were counted as good, since their status was 200',
    outcome: reproduced(
      proof('packages/probes/src/judge-answer.test.ts', 'judgeAnswer > an empty answer is none', {
        what: 'an empty answer is none',
        file: 'packages/probes/src/judge-answer.ts',
        find: "if (answer.body.trim() === '' &&",
        replace: 'if (answer.body === null &&',
      }),
      proof('packages/probes/src/read-chat.test.ts', 'createChatReader > one empty document', {
        what: 'a chat that gives no token fails, whatever its status',
        file: 'packages/probes/src/read-chat.ts',
        find: "return typeof value === 'string' && value.trim() !== ''",
        replace: "return typeof value === 'string'",
      }),
    ),
  },
  {
    number: 41,
    title: 'A supervisor paged about its own alarms, 363 times',
    outcome: reproduced(
      proof(heal, 'being heard > what the watchdog does to itself calls nobody, three hundred times', {
        what: 'what may be its own trouble opens no incident and calls nobody',
        file: 'packages/supervisor/src/heal/reduce-healing.ts',
        find: 'round.itIsMe === null ? [...watching, ...acting] : [waitForMyself]',
        replace: '[...watching, ...acting]',
      }),
    ),
  },
  {
    number: 42,
    title: 'A health document was green for eleven hours while the work behind it failed, which only a log knew',
    outcome: reproduced(
      proof('apps/daemon/src/role-health.test.ts', 'eleven hours in which the port answers and no cycle is complete are no health', {
        what: 'health is the age of the last completed cycle',
        file: 'apps/daemon/src/role-health.ts',
        find: 'ageS !== null && ageS <= periodS * STALLED_AFTER_PERIODS',
        replace: 'ageS !== null',
      }),
      proof('packages/probes/src/judge-heartbeat.test.ts', 'a file that is touched while its number stands still is no life', {
        what: 'a heartbeat is its number, not the touch of its file',
        file: 'packages/probes/src/judge-heartbeat.ts',
        find: 'judgeAge(nowMs - known.sinceMs, maxAgeMs',
        replace: 'judgeAge(0, maxAgeMs',
      }),
    ),
  },
  {
    number: 43,
    title: 'The fallback of a chain ended on the very server that had failed',
    outcome: reproduced(
      proof(catalog, 'cases of broken catalogs > FALLBACK_SAME_SERVER', {
        what: 'a chain that comes back to a server it has asked is a finding',
        file: 'packages/catalog/src/lint/backends.ts',
        find: '[toSameServer(placed, target)]',
        replace: '[]',
      }),
    ),
  },
  {
    number: 44,
    title: 'A list in the code overruled what the configuration said',
    outcome: reproduced(
      proof('packages/host-resolver/test/resolve-host.test.ts', 'layers > ranks os below profile, and both below the catalog', {
        what: 'what is built in lies below everything that a person wrote',
        file: 'packages/host-resolver/src/merge-host.ts',
        find: 'stack.map(({ layer, document }, rank) => ({ rank, layer, value: document })),',
        replace: 'stack.map(({ layer, document }, rank) => ({ rank, layer, value: document })).reverse(),',
      }),
    ),
  },
  {
    number: 45,
    title: 'Streamed tokens counted as none, so no budget ever tripped',
    outcome: reproduced(
      proof(
        'packages/router-failover/test/router-identity.real.test.ts',
        'a daily cap is counted in streams too and holds over a restart',
        {
          what: 'tokens of a stream are counted, by its usage or by its pieces',
          file: 'packages/router-failover/src/answer/stream-reading.ts',
          find: 'completionTokens: () => tokens ?? output,',
          replace: 'completionTokens: () => 0,',
        },
      ),
    ),
  },
  {
    number: 46,
    title: 'A client with a new model name and its own login broke a proxy whose tests were all green',
    outcome: reproduced(
      proof(clients, 'a client of another kind is served: a model that nobody heard of, a login of its own, fields that are new', {
        what: 'a backend is asked for the model that it has, whatever its client called it',
        file: 'packages/router-failover/src/node/take-body.ts',
        find: 'rewritten = withModel(bytes, value, wanted)',
        replace: 'rewritten = bytes',
      }),
      proof(
        'packages/local-api/test/router-policy.test.ts',
        'on loopback, without a token of its own > a key that an SDK made up is not looked at: 0',
        {
          what: 'where the router has no token of its own, that of a client is not looked at',
          file: 'packages/local-api/src/judge-request.ts',
          find: "if (policy.needsToken === 'never') return null",
          replace: '',
        },
      ),
    ),
  },
  {
    number: 47,
    title: 'A client that took https only could not use a fallback over http',
    outcome: reproduced(
      proof(clients, 'one list mixes https with a certificate and plain http: where the first cannot be asked the second answers', {
        what: 'each server of a list is asked in its own way',
        file: 'packages/router-failover/src/node/read-identity.ts',
        find: 'if (target.tls === null) return',
        replace: 'if (target.tls === null && isTls) return',
      }),
    ),
  },
  {
    number: 48,
    title: 'A proxy that was started by hand had no keys, and answered from whatever was free',
    outcome: reproduced(
      proof(secrets, 'with-secrets under /bin/sh > refuses what is missing, empty, a folder or holds a NUL, and says which file', {
        what: 'without its secret a program does not start',
        file: 'packages/render/src/programs/with-secrets.ts',
        find: '_sanctum_check() {',
        replace: '_sanctum_check() {\n  return 0',
      }),
    ),
  },
  {
    number: 49,
    title: 'An upgrade of the interpreter changed what a service could load, and its start stalled',
    outcome: reproduced(
      proof(render, 'findings of rendering > a Python of Homebrew by its version is INTERPRETER_UNSTABLE', {
        what: 'a service starts from no path that an upgrade replaces',
        file: 'packages/render/src/judge-service.ts',
        find: "haus.node.os === 'darwin' && unstable.some",
        replace: 'haus.node.os === null && unstable.some',
      }),
      proof('packages/probes/src/judge-service.test.ts', 'judgeService > startup for too long', {
        what: 'a start that stalls fails when its time is over',
        file: 'packages/probes/src/judge-probes.ts',
        find: "if (startOverdue && startup.verdict === 'failed')",
        replace: 'if (startup.verdict === null)',
      }),
    ),
  },
  {
    number: 50,
    title: 'Full copies in a synced folder filled the disk',
    outcome: reproduced(
      proof(deep, 'what is planted is found, and what looks alike is not > DISK_LOW: a disk at 85 %', {
        what: 'a disk speaks up at 85 %, and louder at 90 %',
        file: 'apps/cli/src/checks/deep/check-capacity.ts',
        find: 'if (used < LOW_PERCENT) return []',
        replace: 'return []',
      }),
    ),
  },
  {
    number: 51,
    title: 'Memory ran out until the kernel panicked, and the guard that was named for it did not exist',
    outcome: reproduced(
      proof('packages/supervisor/src/judge-admission.test.ts', 'a start > says who has the memory, and how much of it', {
        what: 'a start that does not fit is refused',
        file: 'packages/supervisor/src/judge-admission.ts',
        find: 'if (needMb === 0 || needMb <= freeMb) return',
        replace: 'if (needMb >= 0) return',
      }),
      proof(deep, 'what is planted is found, and what looks alike is not > NAME_UNKNOWN: an agent that does not exist', {
        what: 'whoever is named to guard something exists',
        file: 'apps/cli/src/checks/deep/check-names.ts',
        find: '...Object.values(haus.services).flatMap((service) => judgeAgent(haus, service)),',
        replace: '',
      }),
    ),
  },
  {
    number: 52,
    title: 'A nightly job was dead for ten nights',
    outcome: reproduced(
      proof(probes, 'jobs > ten nights without a good end: the job is red, though it waits for the next one in order', {
        what: 'a good last end counts only while it is fresh enough',
        file: 'packages/probes/src/judge-run.ts',
        find: 'return hasAnswer(evidence) ? judgeProbes(evidence) : {',
        replace: 'return {',
      }),
      proof(deep, 'what is planted is found, and what looks alike is not > JOB_STALE: no good end for two periods', {
        what: 'two missing nights are told',
        file: 'apps/cli/src/checks/deep/check-jobs.ts',
        find: 'if (ageS !== null && ageS <= allowedS) return []',
        replace: 'return []',
      }),
    ),
  },
  {
    number: 53,
    title: 'A tunnel led to loopback while its service was bound to the bridge',
    outcome: reproduced(
      proof(probes, 'what is bound to the bridge is asked on the bridge, and what is bound to loopback there', {
        what: 'the address that is asked is the one that is bound',
        file: 'packages/probes/src/probe-address.ts',
        find: 'return wildcards[address] ?? ',
        replace: "return '127.0.0.1' ?? ",
      }),
    ),
  },
]

function reproduced(...proofs: [Proof, ...Proof[]]): Outcome {
  return { kind: 'reproduced', proofs }
}

function byDesign(why: string): Outcome {
  return { kind: 'by-design', why }
}

function waits(subsystem: string, why: string): Outcome {
  return { kind: 'waits', subsystem, why }
}

function proof(file: string, name: string, guard: Proof['guard']): Proof {
  return { test: { file, name }, guard }
}
