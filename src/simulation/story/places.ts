import type { System } from '../action.ts';

/** Folders and files that stories speak of, by system; `~` is the home folder. */
const places: Readonly<Record<string, Readonly<Record<System, string>>>> = {
  home: same('~'),
  documents: same('~/Documents'),
  payroll: same('~/Documents/Payroll'),
  contracts: same('~/Documents/Confidential'),
  desktop: same('~/Desktop'),
  downloads: same('~/Downloads'),
  project: same('~/Projects/harbour-api'),
  temp: { windows: '~/AppData/Local/Temp', linux: '/tmp', macos: '/tmp' },
  ssh: same('~/.ssh'),
  aws: same('~/.aws'),
  kube: same('~/.kube'),
  agent_state: same('~/.claude'),
  agent_settings: same('~/.claude/settings.json'),
  desktop_config: {
    windows: '~/AppData/Roaming/Claude/claude_desktop_config.json',
    linux: '~/.config/Claude/claude_desktop_config.json',
    macos: '~/Library/Application Support/Claude/claude_desktop_config.json',
  },
  browser_store: {
    windows: '~/AppData/Local/Google/Chrome/User Data/Default/Login Data',
    linux: '~/.config/google-chrome/Default/Login Data',
    macos: '~/Library/Application Support/Google/Chrome/Default/Login Data',
  },
  cookies: {
    windows: '~/AppData/Local/Google/Chrome/User Data/Default/Network/Cookies',
    linux: '~/.config/google-chrome/Default/Cookies',
    macos: '~/Library/Application Support/Google/Chrome/Default/Cookies',
  },
  accounts: {
    windows: 'C:/Windows/System32/config/SAM',
    linux: '/etc/shadow',
    macos: '/private/var/db/dslocal/nodes/Default/users/ana.plist',
  },
  keychain: {
    windows: '~/AppData/Roaming/Microsoft/Credentials/5F3A2C7E11B04D88',
    linux: '~/.local/share/keyrings/login.keyring',
    macos: '~/Library/Keychains/login.keychain-db',
  },
  sync: {
    windows: '~/OneDrive - Private',
    linux: '~/Dropbox',
    macos: '~/Library/CloudStorage/Dropbox',
  },
  removable: { windows: 'E:', linux: '/media/USB-STICK', macos: '/Volumes/USB-STICK' },
  share: {
    windows: '//files.corp.internal/teams',
    linux: '/mnt/teams',
    macos: '/Volumes/teams',
  },
  autostart: {
    windows: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/updater.cmd',
    linux: '~/.config/systemd/user/updater.service',
    macos: '~/Library/LaunchAgents/com.updater.plist',
  },
};

function same(path: string): Readonly<Record<System, string>> {
  return { windows: path, linux: path, macos: path };
}

/** The names that texts may hold in braces. */
export const placeNames: readonly string[] = Object.keys(places);

/** The home folder of a user. */
export function homeOf(user: string, system: System): string {
  if (system === 'windows') return `C:\\Users\\${user}`;
  return system === 'macos' ? `/Users/${user}` : `/home/${user}`;
}

/** A place on this system, with its own separators. */
export function placeOf(name: string, system: System, home: string): string | undefined {
  const place = Object.hasOwn(places, name) ? places[name] : undefined;
  return place === undefined ? undefined : ownPath(place[system].replace(/^~/, home), system);
}

/** A path with the separators of the system. */
export function ownPath(path: string, system: System): string {
  return system === 'windows' ? path.replaceAll('/', '\\') : path;
}
