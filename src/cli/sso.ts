import { commandText } from '../errors/command-text.ts';
import type { CheckedProvider } from '../features/sso/trials/check-providers.ts';
import { exit } from '../process/exit-codes.ts';
import { commonOptions } from './command-line/command.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readCommand } from './command-line/read-options.ts';
import { withGatehouse } from './local/with-gatehouse.ts';

const options = { ...commonOptions } as const satisfies CommandOptions;

/** `sso check`: checks every active identity provider without a login, also while servers run. Exit code 1 if a step fails. */
export const ssoCommand: Command = {
  usage: 'check',
  options,
  async run(args) {
    const { command, options: { data } } = readCommand(['check'], options, args);
    if (command === undefined) throw exit('usage', `Usage: ${commandText('sso', 'check')}`);
    await withGatehouse(data, async (gatehouse) => {
      const counts = { all: 0, failed: 0 };
      await gatehouse.checkProviders((checked) => {
        for (const line of describe(checked)) console.log(line);
        counts.all += 1;
        if (checked.steps.some(({ ok }) => !ok)) counts.failed += 1;
      });
      console.log(`${counts.all} active identity providers, ${counts.failed} with a step that failed.`);
      if (counts.failed > 0) process.exitCode = 1;
    });
  },
};

/** One line a step. */
function describe({ tenant, providerId, providerName, steps }: CheckedProvider): string[] {
  const named = `${tenant}: ${visible(providerName)} (${providerId})`;
  return steps.map(({ step, ok, expected, received, milliseconds, repair }) => {
    const time = milliseconds === undefined ? '' : ` after ${milliseconds} ms`;
    if (ok) return `${named}: ${step} ok${time}`;
    const why = expected === undefined ? '' : `: expected ${expected}, received ${received ?? 'nothing'}`;
    return `${named}: ${step} FAILED${time}${why}. ${repair ?? ''}`.trim();
  });
}

/** The name without characters that steer a terminal. */
function visible(name: string): string {
  return name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}
