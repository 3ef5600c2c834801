"""A node of ROS 2: it switches a board's LED on, and says what it has been told."""

import json
import sys

import rclpy
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Temperature
from std_msgs.msg import Bool
from std_srvs.srv import SetBool

board = sys.argv[1]
rclpy.init()
node = rclpy.create_node("laboratory")
service = node.create_client(SetBool, f"{board}/set_led")
there = service.wait_for_service(20)
answer = service.call_async(SetBool.Request(data=True))
rclpy.spin_until_future_complete(node, answer, timeout_sec=10)
heard = {}
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
for name, kind, quality in (("led", Bool, latched), ("temperature", Temperature, 10)):
    node.create_subscription(kind, f"{board}/{name}", lambda it, name=name: heard.update({name: it}), quality)
while len(heard) < 2:
    rclpy.spin_once(node)
stamp = heard["temperature"].header.stamp
said = {
    "answered": [answer.result().success, answer.result().message],
    "led": heard["led"].data,
    "temperature": heard["temperature"].temperature,
    "frame": heard["temperature"].header.frame_id,
    "time": stamp.sec + stamp.nanosec / 1e9,
}
print("said", json.dumps(said))
