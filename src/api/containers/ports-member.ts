/**
 * `ports` of a container: `{"80/tcp": 8080}` as the document has it, and the forms that Docker's own clients take: a
 * text, an address and port, a list of several, null for a port that the engine picks.
 */
import { isIP } from 'node:net';
import type { PortRequest } from '../../core/ports/host-container-spec.ts';
import { isObject, mostItems, type Members } from './members.ts';

export interface ReadPorts {
  ports: PortRequest[];
  /** How the request calls each. */
  fields: string[];
}

const key = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/;

export function readPorts(body: Members): ReadPorts | undefined {
  const given = body.value('ports');
  if (given === undefined) return undefined;
  if (!isObject(given)) {
    return body.refuse('ports', 'must be an object such as {"80/tcp": 8080}.');
  }
  const read: ReadPorts = { ports: [], fields: [] };
  const entries = Object.entries(given);
  if (entries.length > mostItems) return body.refuse('ports', `must hold at most ${mostItems} ports.`);
  for (const [name, value] of entries) {
    const field = `ports["${name.slice(0, 40)}"]`;
    const [, number, protocol = 'tcp'] = key.exec(name) ?? [];
    const containerPort = Number(number ?? 0);
    if (!isPort(containerPort)) {
      body.refuse(field, 'must be named <port>/tcp, <port>/udp or <port>/sctp, with a port from 1 to 65535.');
      continue;
    }
    const several = Array.isArray(value) ? (value as unknown[]) : [value];
    if (several.length > mostItems) {
      body.refuse(field, `must hold at most ${mostItems} ports.`);
      continue;
    }
    for (const each of several) {
      const host = hostSide(each);
      if (host === undefined) body.refuse(field, words);
      else {
        read.ports.push({ containerPort, protocol: protocol as PortRequest['protocol'], ...host });
        read.fields.push(field);
      }
    }
  }
  return refuseTwice(body, read);
}

const words =
  'must be a port from 1 to 65535, null for any that is free, "<address>:<port>", ' +
  '{"host_ip": …, "host_port": …}, or a list of these.';

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

type HostSide = Pick<PortRequest, 'hostIp' | 'hostPort'>;

function hostSide(value: unknown): HostSide | undefined {
  if (value === null || value === '') return {};
  if (isObject(value)) {
    const { host_ip: hostIp, host_port: hostPort, ...others } = value;
    if (Object.keys(others).length > 0) return undefined;
    return onAddress(hostIp, hostPort === undefined ? {} : plainPort(hostPort));
  }
  const [, address, port] =
    /^\[?([0-9a-fA-F.:]+?)\]?:(\d{0,5})$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (address === undefined) return plainPort(value);
  return onAddress(address, port === '' ? {} : plainPort(port));
}

function plainPort(value: unknown): HostSide | undefined {
  if (value === null) return {};
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof port === 'number' && isPort(port) ? { hostPort: port } : undefined;
}

function onAddress(hostIp: unknown, port: HostSide | undefined): HostSide | undefined {
  if (port === undefined || hostIp === undefined || hostIp === null || hostIp === '') return port;
  return typeof hostIp === 'string' && isIP(hostIp) !== 0 ? { hostIp, ...port } : undefined;
}

function refuseTwice(body: Members, read: ReadPorts): ReadPorts {
  const seen = new Set<string>();
  read.ports.forEach(({ hostIp, hostPort, protocol }, index) => {
    if (hostPort === undefined) return;
    const place = `${hostIp ?? ''} ${hostPort} ${protocol}`;
    if (seen.has(place)) body.refuse(read.fields[index]!, `port ${hostPort} is asked for twice.`);
    seen.add(place);
  });
  return read;
}
