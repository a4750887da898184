import type { Command } from 'commander';

/** Examples for every command: shown below its help and in the man page. Keys are the commands' names with their parents'. */
const examples: Record<string, [line: string, what: string][]> = {
  mongoq: [
    ['mongoq --store s3://backups/mongo', 'open the shell; lr, cr ID, lb, cb ID lead to a backup'],
    ['mongoq -b backups -p mongo -r rs0-a -i latest', 'open it on the newest backup of a replica'],
    ['mongoq @prod', 'the same on a store that the settings name'],
  ],
  'mongoq query': [
    [
      "mongoq @prod query -r rs0-a -i 2017-03-01 --eval 'db.users.countDocuments()'",
      'ask one thing as of a day',
    ],
    ['mongoq query -r rs0-a -i 812 --json report.js > report.json', 'run a script, results as Extended JSON'],
  ],
  'mongoq serve': [
    ['mongoq serve -r rs0-a -i 812 --port 27018', 'then: mongosh mongodb://127.0.0.1:27018/'],
    [
      'mongoq serve -r rs0-a -i 812 --host 0.0.0.0 --auth reader',
      'for other machines; the password is asked for',
    ],
  ],
  'mongoq backup': [['mongoq backup -b backups -p mongo -r rs0-a', 'back up the mongod on this host']],
  'mongoq restore': [
    ['mongoq restore -r rs0-a -i 812 -t /data/restored', 'then: mongod --dbpath /data/restored'],
  ],
  'mongoq delete': [
    ['mongoq delete -r rs0-a -a 720h --dry-run', 'what is older than 30 days'],
    ['mongoq delete -r rs0-a --keep-last 14', 'keep the newest 14'],
  ],
  'mongoq gc': [['mongoq gc -r rs0-a', 'free the space of deleted backups']],
  'mongoq show backups': [['mongoq show backups -r rs0-a', "list a replica's backups"]],
  'mongoq show last-backup-time': [
    ['[ $(($(date +%s) - $(mongoq show last-backup-time -r rs0-a))) -lt 90000 ]', 'a check for monitoring'],
  ],
  'mongoq verify': [
    ['mongoq verify -r rs0-a --level 1', 'is everything there? one listing'],
    ['mongoq verify -r rs0-a -i latest --deep', 'is every document and index entry readable?'],
  ],
  'mongoq doctor': [['mongoq doctor --store s3://backups/mongo', 'before the first backup']],
  'mongoq completion': [
    ['mongoq completion bash > /etc/bash_completion.d/mongoq', 'complete commands, options and their values'],
    ['mongoq completion zsh > /usr/local/share/zsh/site-functions/_mongoq', 'the same in zsh'],
    ['mongoq completion fish > ~/.config/fish/completions/mongoq.fish', 'the same in fish'],
  ],
};

/** The examples of a command, by its full name. */
export function examplesOf(command: Command): [line: string, what: string][] {
  return examples[fullName(command)] ?? [];
}

/** `mongoq show backups` for the command `backups` of `show`. */
export function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

/** Adds the examples to the help of a command and of all below it. */
export function addExamples(command: Command): void {
  const lines = examplesOf(command).map(([line, what]) => `  ${line}\n      ${what}`);
  if (lines.length > 0) command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  command.commands.forEach(addExamples);
}
