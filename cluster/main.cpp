// fanout-mpi: `fanout run` and `fanout sweep` with many client machines. Rank 0 plans, serves and
// judges; the other ranks run every cell together. docs/cluster.md says how it is started.
#include <arpa/inet.h>
#include <mpi.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "base/error.h"
#include "base/signals.h"
#include "cluster/client_rank.h"
#include "cluster/mpi_cluster.h"
#include "harness/commands/cli.h"
#include "harness/commands/commands.h"
#include "harness/commands/internal_commands.h"
#include "harness/machine/interrupt.h"

namespace {

using namespace fanout;

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

// Takes `--bind ADDRESS` out of the arguments, where it stands first.
std::string take_address(int& argc, char** argv) {
  if (argc < 2 || std::strcmp(argv[1], "--bind") != 0) return {};
  std::string address = argc < 3 ? "" : argv[2];
  in_addr parsed{};
  if (::inet_pton(AF_INET, address.c_str(), &parsed) != 1 || parsed.s_addr == INADDR_ANY) {
    throw UsageError("--bind: expected the IPv4 address at which the others reach this machine");
  }
  for (int i = 3; i <= argc; ++i) argv[i - 2] = argv[i];  // the null at the end, too
  argc -= 2;
  return address;
}

int control(int argc, char** argv, MpiCluster& cluster) {
  const auto options = parse_command_line(argc, argv);
  if (!options) return 0;
  if (options->command != Command::run && options->command != Command::sweep) {
    throw UsageError("fanout-mpi is for run and sweep; fanout does the rest");
  }
  return execute_command(*options, &cluster);
}

// Says what was wrong, as fanout does, and returns an exit code.
template <class Work>
int guarded(Work work) {
  try {
    return work();
  } catch (const UsageError& error) {
    std::fprintf(stderr, "fanout-mpi: %s\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fanout-mpi: %s\n", error.what());
    return kExitFailed;
  }
}

// Rank 0. Where the others cannot be told that it is over, all of them are ended.
int control_ranks(int argc, char** argv, int ranks) {
  bool orderly = false;
  const int code = guarded([&] {
    MpiCluster cluster(ranks, take_address(argc, argv));
    const int measured = guarded([&] { return control(argc, argv, cluster); });
    orderly = measured != kExitInterrupted && cluster.end();
    return measured;
  });
  std::cout.flush();
  std::fflush(stdout);
  if (!orderly) MPI_Abort(MPI_COMM_WORLD, code);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGCHLD, SIG_DFL);  // as fanout does
  if (const auto code = run_internal_command(argc, argv)) return *code;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a rank does not outlive the daemon that started it
  // Before MPI starts its threads, which would else be killed by what rank 0 waits for: mpirun ends
  // the others by SIGTERM when a rank dies.
  const sigset_t ending = ending_signals();
  ::sigprocmask(SIG_BLOCK, &ending, nullptr);
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int code = kExitUsage;
  if (ranks < 2) {
    std::fputs("fanout-mpi: needs two ranks at least: mpirun -n 2 fanout-mpi run\n", stderr);
  } else {
    if (rank != 0) ::sigprocmask(SIG_UNBLOCK, &ending, nullptr);
    code = rank == 0 ? control_ranks(argc, argv, ranks) : guarded(serve_rank_0);
    if (rank != 0 && code != 0) MPI_Abort(MPI_COMM_WORLD, code);
  }
  MPI_Finalize();
  return code;
}
