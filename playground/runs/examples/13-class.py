# title: A class
# description: Two objects of one class, each with its own balance.

class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def __repr__(self):
        return f"Account({self.owner!r}, {self.balance})"

    def pay(self, amount, other):
        if amount > self.balance:
            raise ValueError(f"{self.owner} has only {self.balance}")
        self.balance -= amount
        other.balance += amount


def main():
    ada = Account("Ada", 50)
    ben = Account("Ben")
    ada.pay(30, ben)
    ben.pay(5, ada)
    print(ada, ben)
