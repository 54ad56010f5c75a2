# Runs a command beside a server on 127.0.0.1:8123: perl server.pl waits|resets|leaves|full COMMAND...
#   waits   accepts and says nothing       resets  answers with a reset
#   leaves  reads and closes               full    has no room for one more connection
use strict;
use warnings;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);

my ($manner, @command) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 8123, Listen => 8, ReuseAddr => 1)
  or die "no server: $!\n";
my $first;
if ($manner eq 'full') {
  listen $server, 0;
  $first = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 8123);
}
my $child = fork;
if ($child == 0) {
  my @kept;
  while ($manner ne 'full' and my $client = $server->accept) {
    if ($manner eq 'waits') { push @kept, $client; next }
    sysread $client, my $request, 4096;
    setsockopt $client, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) if $manner eq 'resets';
    close $client;
  }
  sleep;
}
my $status = system { $command[0] } @command;
kill 'KILL', $child;
waitpid $child, 0;
exit($status >> 8);
