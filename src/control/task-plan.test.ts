import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextStep, type Observation, type Step } from './task-plan.ts';

type Stored = Parameters<typeof nextStep>[0];

const live: Stored = { phase: 'live', desiredStatus: 'RUNNING', lastStatus: 'PROVISIONING' };
const nothing: Observation = { activity: undefined, unrecordedExits: false, started: false };

it.each<[string, Partial<Stored>, Partial<Observation>, Step]>([
  ['a new task', {}, {}, 'start'],
  ['one that is being started', {}, { activity: 'starting' }, 'wait'],
  ['one half started when the server ended', { lastStatus: 'ACTIVATING' }, {}, 'start'],
  ['one started when the server ended', { lastStatus: 'ACTIVATING' }, { started: true }, 'adopt'],
  ['a stop during the start', { desiredStatus: 'STOPPED' }, { activity: 'starting' }, 'cancel'],
  ['a stop before the start', { desiredStatus: 'STOPPED' }, {}, 'finish'],
  ['one that runs', { lastStatus: 'RUNNING' }, { started: true }, 'wait'],
  ['one whose container ended', { lastStatus: 'RUNNING' }, { unrecordedExits: true }, 'record-exits'],
  ['a stop', { lastStatus: 'RUNNING', desiredStatus: 'STOPPED' }, { unrecordedExits: true }, 'finish'],
  [
    'one that is being taken down',
    { lastStatus: 'STOPPING', desiredStatus: 'STOPPED' },
    { activity: 'finishing' },
    'wait',
  ],
  ['one half taken down', { lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED' }, {}, 'finish'],
  ['one that has ended', { phase: 'ended', lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }, {}, 'forget'],
])('%s', (_, stored, seen, step) => {
  expect(nextStep({ ...live, ...stored }, { ...nothing, ...seen })).toBe(step);
});

/** A task and an engine, moved by the plan and by what can happen in between. */
class World {
  stored: Stored = { ...live };
  activity: Observation['activity'];
  /** What the engine has. */
  engine: 'nothing' | 'half' | 'running' | 'exited' = 'nothing';
  /** What a listing has shown of it; a crash forgets it. */
  listed = true;
  starts = 0;

  get seen(): Observation {
    const whole = this.engine === 'running' || this.engine === 'exited';
    return {
      activity: this.activity,
      started: this.listed && whole,
      unrecordedExits: this.stored.lastStatus === 'RUNNING' && this.engine !== 'running',
    };
  }

  step(): Step {
    const step = nextStep(this.stored, this.seen);
    switch (step) {
      case 'start':
        expect(this.activity).toBeUndefined();
        expect(this.stored.desiredStatus).toBe('RUNNING');
        this.activity = 'starting';
        this.starts++;
        break;
      case 'cancel':
        this.activity = undefined;
        break;
      case 'adopt':
        this.stored = { ...this.stored, lastStatus: 'RUNNING' };
        break;
      case 'record-exits':
        this.stored = { ...this.stored, desiredStatus: 'STOPPED' };
        break;
      case 'finish':
        expect(this.activity).toBeUndefined();
        expect(this.stored.desiredStatus).toBe('STOPPED');
        this.activity = 'finishing';
        break;
      case 'forget':
        this.engine = 'nothing';
    }
    return step;
  }

  /** The step under way comes to its end, well or not. */
  settle(fails: boolean): void {
    const { activity } = this;
    this.activity = undefined;
    if (activity === 'starting') {
      this.engine = fails ? 'half' : 'running';
      if (!fails) this.stored = { ...this.stored, lastStatus: 'RUNNING' };
    } else if (activity === 'finishing' && !fails) {
      this.engine = 'nothing';
      this.stored = { ...this.stored, phase: 'ended', lastStatus: 'STOPPED' };
    }
  }

  crash(): void {
    this.activity = undefined;
  }

  stop(): void {
    if (this.stored.phase === 'live') this.stored = { ...this.stored, desiredStatus: 'STOPPED' };
  }

  exit(): void {
    if (this.engine === 'running') this.engine = 'exited';
  }
}

it('comes to rest where it was wanted, over any history', () => {
  const act = fc.constantFrom('step', 'settle', 'fail', 'crash', 'stop', 'exit');
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const world = new World();
      for (const each of acts) {
        if (each === 'step') world.step();
        else if (each === 'settle' || each === 'fail') world.settle(each === 'fail');
        else world[each]();
      }
      let rounds = 0;
      for (let step = world.step(); step !== 'wait' && step !== 'forget'; step = world.step()) {
        world.settle(false);
        expect(++rounds).toBeLessThan(10);
      }
      if (world.activity) {
        world.settle(false);
        for (let round = 0; round < 5; round++) {
          world.step();
          world.settle(false);
        }
      }
      const { phase, desiredStatus, lastStatus } = world.stored;
      if (desiredStatus === 'STOPPED')
        expect([phase, lastStatus, world.engine]).toEqual(['ended', 'STOPPED', 'nothing']);
      else expect([phase, lastStatus, world.engine]).toEqual(['live', 'RUNNING', 'running']);
    }),
    { numRuns: 2000 },
  );
});
