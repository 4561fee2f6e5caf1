/* SPDX-License-Identifier: EUPL-1.2 */
/* How fast a broker on one core is: a real broker process, a driver that publishes and confirms on the other core. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/base/text.h"
#include "common/daemon/signals.h"
#include "tests/support/fake_agent.h"

#define BATCH 256

static struct kb_fake_world world;

static void
pin(size_t core)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(core, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

struct stopping {
	struct kb_loop *loop;
	int fd;
};

static void
on_signal(void *state, unsigned events)
{
	struct stopping *stopping = state;

	(void)events;
	if (kb_signals_read(stopping->fd) == KB_SIGNAL_STOP) {
		kb_loop_stop(stopping->loop, KB_OK);
	}
}

static int64_t
rss_anon_kib(void)
{
	char line[128];
	long kib = -1;
	FILE *file = fopen("/proc/self/status", "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "RssAnon: %ld", &kib) == 1) {
			break;
		}
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return kib;
}

static int
run_broker(int ready_fd)
{
	struct kb_net_context *context = NULL;
	struct kb_broker *broker = NULL;
	struct kb_broker_options options;
	struct kb_broker_counts counts;
	struct kb_loop_source *source = NULL;
	struct stopping stopping = { NULL, -1 };

	pin(0);
	KB_FAKE_OK(kb_signals_open(&stopping.fd));
	KB_FAKE_OK(kb_net_context_new(&context));
	KB_FAKE_OK(kb_loop_new(&world.clock, &stopping.loop));
	kb_fake_world_options(&world, &options);
	KB_FAKE_OK(kb_broker_open(context, stopping.loop, &options, &broker, NULL));
	KB_FAKE_OK(kb_loop_add_fd(stopping.loop, stopping.fd, KB_LOOP_READ, on_signal, &stopping,
				  &source));
	(void)!write(ready_fd, "r", 1);
	KB_FAKE_OK(kb_loop_run(stopping.loop));
	kb_broker_counts(broker, &counts);
	(void)printf(
		"broker: accepted %llu delivered %llu confirmed %llu commits %llu waiting %llu "
		"RssAnon %lld KiB\n",
		(unsigned long long)counts.accepted, (unsigned long long)counts.delivered,
		(unsigned long long)counts.confirmed, (unsigned long long)counts.commits,
		(unsigned long long)counts.waiting, (long long)rss_anon_kib());
	kb_loop_remove(stopping.loop, &source);
	kb_broker_close(broker);
	kb_loop_free(stopping.loop);
	kb_net_context_free(context);
	return 0;
}

struct made {
	struct kb_buf bytes;
	struct kb_span spans[BATCH];
};

static double
drive(size_t batches, size_t sealed_bytes, bool receive)
{
	static struct kb_fake_agent sender;
	static struct kb_fake_agent receiver;
	struct kb_net_context *context = NULL;
	struct kb_loop *loop = NULL;
	struct made *made = calloc(batches, sizeof(*made));
	struct kb_fake_message messages[BATCH];
	size_t published = 0;

	KB_FAKE_OK(kb_net_context_new(&context));
	KB_FAKE_OK(kb_loop_new(&world.clock, &loop));
	receiver.credit = 4096;
	receiver.count_only = true;
	kb_fake_agent_open(&sender, &world, &world.parties[0], context, loop);
	for (size_t b = 0; b < batches; b++) {
		for (size_t i = 0; i < BATCH; i++) {
			messages[i] = (struct kb_fake_message){ .recipient = &world.parties[1].id,
								.number = b * BATCH + i + 1,
								.sealed_bytes = sealed_bytes };
		}
		kb_fake_agent_make(&sender, messages, BATCH, &made[b].bytes, made[b].spans);
	}
	(void)printf("envelope %zu bytes, %zu batches of %d\n", made[0].spans[0].len, batches,
		     BATCH);
	if (receive) {
		kb_fake_agent_open(&receiver, &world, &world.parties[1], context, loop);
	}
	while (sender.heard[KB_FRAME_WELCOME] == 0 ||
	       (receive && receiver.heard[KB_FRAME_WELCOME] == 0)) {
		KB_FAKE_OK(kb_loop_step(loop, 10));
	}
	int64_t start = kb_clock_mono_ms(&world.system);

	while (sender.results < batches || (receive && receiver.mail_count < batches * BATCH)) {
		while (published < batches &&
		       published - sender.results < KB_BROKER_PUBLISH_WINDOW &&
		       kb_fake_agent_publish_raw(&sender, made[published].spans, BATCH) == KB_OK) {
			published++;
		}
		KB_FAKE_OK(kb_loop_step(loop, 10));
	}
	double seconds = (double)(kb_clock_mono_ms(&world.system) - start) / 1000;

	if (sender.refused > 0) {
		(void)printf("refused %llu, reason %u\n", (unsigned long long)sender.refused,
			     sender.last_reason);
	}
	kb_fake_agent_close(&sender);
	kb_fake_agent_close(&receiver);
	kb_loop_free(loop);
	kb_net_context_free(context);
	for (size_t b = 0; b < batches; b++) {
		kb_buf_release(&made[b].bytes);
	}
	free(made);
	return seconds;
}

/* speed_broker [batches [sealed bytes [no-receiver]]] */
int
main(int argc, char **argv)
{
	size_t batches = argc > 1 ? strtoul(argv[1], NULL, 10) : 160;
	size_t sealed_bytes = argc > 2 ? strtoul(argv[2], NULL, 10) : 1536 + 16;
	int ready[2];
	struct rusage usage;
	char byte = 0;
	int status = 0;

	kb_log_init(KB_LOG_ERROR, NULL, NULL);
	kb_fake_world_init(&world, 2);
	if (pipe(ready) != 0) {
		return 1;
	}
	pid_t child = fork();

	if (child == 0) {
		_exit(run_broker(ready[1]) + (fflush(stdout) != 0));
	}
	pin(1);
	(void)!read(ready[0], &byte, 1);
	double seconds = drive(batches, sealed_bytes, argc <= 3);

	(void)kill(child, SIGTERM);
	(void)wait4(child, &status, 0, &usage);
	double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
		     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;

	(void)printf("%zu messages in %.2f s: %.0f per second; broker cpu %.2f s = %.1f us per "
		     "message\n",
		     batches * BATCH, seconds, (double)(batches * BATCH) / seconds, cpu,
		     cpu * 1e6 / (double)(batches * BATCH));
	kb_fake_world_release(&world);
	return status == 0 ? 0 : 1;
}
