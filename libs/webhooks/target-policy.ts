import { BlockList, isIP } from 'node:net';

/** Of the addresses of IPv4, those that lead to no public host: www.iana.org/assignments/iana-ipv4-special-registry. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
] as const;
/** What is public of IPv6 is in here: www.iana.org/assignments/ipv6-address-space. IPv4 within IPv6 is not. */
const PUBLIC_V6 = ['2000::/3'] as const;
/** Without those for special use, for documentation, and those that lead through IPv4. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;
const LOOPBACK = ['127.0.0.0/8', '::1/128'] as const;

const notPublicV4 = blockList(NOT_PUBLIC_V4);
const publicV6 = blockList(PUBLIC_V6);
const notPublicV6 = blockList(NOT_PUBLIC_V6);

/** Why nothing is sent to a URL, as far as the URL alone shows it. */
export type UrlFault = 'not_a_url' | 'not_https' | 'has_credentials' | 'has_fragment' | 'not_public';

/** To which addresses events are sent: public ones over TLS, and the networks that an operator has named. */
export class TargetPolicy {
  private readonly allowed: BlockList;
  private readonly allowsAny: boolean;

  /** @param networks addresses, networks such as 10.0.0.0/8, or `loopback` */
  constructor(networks: readonly string[] = []) {
    this.allowed = blockList(networks.flatMap((each) => (each === 'loopback' ? LOOPBACK : [each])));
    this.allowsAny = networks.length > 0;
  }

  /** What is wrong with a URL. A host by its name is looked up later, whenever something is sent. */
  faultOf(text: string): UrlFault | null {
    if (!URL.canParse(text)) return 'not_a_url';
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'not_https';
    if (url.username !== '' || url.password !== '') return 'has_credentials';
    if (url.hash !== '') return 'has_fragment';
    if (url.protocol === 'http:' && !this.allowsAny) return 'not_https';
    const host = hostOf(url);
    return isIP(host) !== 0 && !this.admits(host, url.protocol) ? 'not_public' : null;
  }

  /** Whether something may be sent to an address. Without TLS it may only be one of the named networks. */
  admits(address: string, protocol: string): boolean {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) return false;
    if (this.allowed.check(address, family)) return true;
    if (protocol !== 'https:') return false;
    return family === 'ipv4'
      ? !notPublicV4.check(address, family)
      : publicV6.check(address, family) && !notPublicV6.check(address, family);
  }
}

/** The host of a URL, an address of IPv6 without its brackets. */
export const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
