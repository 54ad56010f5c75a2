import java.io.*;
import java.net.*;
import java.util.*;

/** What the JVM calls the errors of the kernel. Each word of the command line asks for one. */
public class Errors {
  public static void main(String[] words) throws Exception {
    List<Object> kept = new ArrayList<>();
    switch (words[0]) {
      case "files" -> { for (;;) kept.add(new FileInputStream("/dev/null")); }
      case "heap" -> { for (;;) kept.add(new long[100_000]); }
      case "threads" -> {
        for (;;) {
          Thread thread = new Thread(() -> { try { Thread.sleep(60_000); } catch (InterruptedException end) { } });
          thread.setDaemon(true);
          thread.start();
        }
      }
      case "disk" -> new FileOutputStream("/dev/full").write(1);
      case "shadow" -> new FileInputStream("/etc/shadow");
      case "listen" -> new ServerSocket(8123, 8, InetAddress.getByName("127.0.0.1"));
      case "connect" -> new Socket("127.0.0.1", 8123);
      case "read" -> {
        Socket socket = new Socket("127.0.0.1", 8123);
        socket.getOutputStream().write(1);
        socket.getInputStream().read();
      }
      case "wait" -> Thread.sleep(60_000);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }
}
